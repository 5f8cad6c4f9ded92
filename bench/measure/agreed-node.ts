/** The Node that budgets were agreed on with: the one of `package.json` at that time. */
const agreedNode = '24.21.0';

/** A line for whoever wonders why a budget is broken, where another Node may be the reason. */
export function otherNode(): string {
  const { node } = process.versions;
  return node === agreedNode
    ? ''
    : `This is Node ${node}, and budgets were agreed on with ${agreedNode}: what Node does for us may be another matter there. With the last change but a new Node, take the budgets anew (--budgets) and bench/measure/agreed-node.ts with them.\n`;
}
