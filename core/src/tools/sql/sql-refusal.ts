/** Why a query was not run or has no answer, in words for the model. The parent makes a ToolError of it; all else that is thrown is a defect. */
export class SqlRefusal extends Error {
  override name = 'SqlRefusal'
}
