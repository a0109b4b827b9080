/** Hidden values that go with a form but are none of its fields: id, version, way back. */
export function Carried({ values }: { values: Record<string, string | number | undefined> }) {
  return Object.entries(values).map(([name, value]) =>
    value === undefined ? null : <input key={name} type="hidden" name={name} value={value} data-carry />,
  );
}
