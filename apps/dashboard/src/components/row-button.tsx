/** A button of one row of a table; `of` names the row for those who do not see it. */
export function RowButton({
  word,
  of,
  onClick,
  isDanger = false,
  isDisabled = false,
}: {
  word: string;
  of: string;
  onClick: () => void;
  isDanger?: boolean;
  isDisabled?: boolean;
}) {
  return (
    <button
      type="button"
      className={isDanger ? 'button small quiet danger' : 'button small'}
      disabled={isDisabled}
      onClick={onClick}
    >
      {word}
      <span className="hidden-visually"> {of}</span>
    </button>
  );
}
