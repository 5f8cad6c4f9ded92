import type { WebSocket } from 'ws';
import type { WebSocketPeer } from './web-socket-events.ts';

/** Without a frame in either direction. Fixed on AWS, as is the next. */
const idleMillisecondsMax = 10 * 60_000;
const lifetimeMillisecondsMax = 2 * 3_600_000;

export interface Connection {
  readonly peer: WebSocketPeer;
  readonly lastActiveMilliseconds: number;
  send(data: string | Buffer): void;
  /** Begins the closing handshake. */
  close(): void;
}

/** The open connections of one API. */
export interface Connections {
  /** From now on the connection is found, and watched for its end. */
  add(peer: WebSocketPeer, socket: WebSocket): Connection;
  find(stageName: string, connectionId: string): Connection | undefined;
  /** Cuts all of them off. */
  cut(): void;
}

/** RFC 6455 §7.4.1 */
const normalClosure = 1000;
const goingAway = 1001;

export function connections(nowMilliseconds: () => number): Connections {
  const open = new Map<string, { readonly connection: Connection; readonly socket: WebSocket }>();
  return {
    add(peer, socket) {
      let lastActiveMilliseconds = nowMilliseconds();
      const leave = (): void => socket.close(goingAway, 'Going away');
      const idle = setTimeout(leave, idleMillisecondsMax).unref();
      const lifetime = setTimeout(leave, lifetimeMillisecondsMax).unref();
      const touch = (): void => {
        lastActiveMilliseconds = nowMilliseconds();
        idle.refresh();
      };
      for (const frame of ['message', 'ping', 'pong'] as const) socket.on(frame, touch);
      const connection: Connection = {
        peer,
        get lastActiveMilliseconds() {
          return lastActiveMilliseconds;
        },
        send(data) {
          touch();
          // Text, whatever it was handed over as. Who has left meanwhile misses it.
          socket.send(data, { binary: false }, () => undefined);
        },
        close: () => socket.close(normalClosure, 'Connection closed by the API'),
      };
      open.set(peer.connectionId, { connection, socket });
      socket.once('close', () => {
        clearTimeout(idle);
        clearTimeout(lifetime);
        open.delete(peer.connectionId);
      });
      return connection;
    },
    find(stageName, connectionId) {
      const found = open.get(connectionId)?.connection;
      return found?.peer.stage.name === stageName ? found : undefined;
    },
    cut() {
      for (const { socket } of open.values()) socket.terminate();
    },
  };
}
