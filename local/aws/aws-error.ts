/** A refusal that an AWS service words itself: the SDK turns `name` into the name of the exception it throws. */
export class AwsError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}
