import type { ReactNode } from "react";
import { Text } from "react-email";
import { font, light } from "./colors";

/** A paragraph of the body; the muted one is smaller, for what matters less. */
export function Paragraph({ muted = false, children }: { muted?: boolean; children: ReactNode }) {
  return (
    <Text
      className={muted ? "muted" : "text"}
      style={{
        margin: "0 0 16px",
        fontFamily: font,
        fontSize: muted ? "14px" : "16px",
        lineHeight: muted ? "22px" : "26px",
        color: muted ? light.muted : light.text,
        overflowWrap: "anywhere",
      }}
    >
      {children}
    </Text>
  );
}

/** For `<strong>` in a message. */
export const strong = (children: ReactNode) => <strong>{children}</strong>;
