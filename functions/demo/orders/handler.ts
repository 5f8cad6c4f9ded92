import { systemClock } from '../../adapters/system/clock.ts';
import { answerOrders, type OrdersAnswer, type OrdersEvent } from './orders.ts';

/** The demo Orders API, behind a REST API or an HTTP API. */
export const handler = async (event: OrdersEvent): Promise<OrdersAnswer> =>
  answerOrders(event, systemClock.now());
