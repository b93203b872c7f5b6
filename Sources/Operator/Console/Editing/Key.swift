/// What a technician pressed, whatever bytes the terminal made of it.
public enum Key: Hashable, Sendable {
    /// A character that can be shown.
    case character(Unicode.Scalar)
    case enter, tab, backspace, delete
    case left, right, up, down, home, end
    /// One word to the left or right (Ctrl or Alt with an arrow, Alt-B and Alt-F).
    case wordLeft, wordRight
    /// Ctrl with a letter that has no name above, in capitals: Ctrl-C is `.control("C")`.
    case control(Character)
    /// The terminal's answer to the question where its cursor stands, columns counted from 1.
    case cursorReport(column: Int)
}
