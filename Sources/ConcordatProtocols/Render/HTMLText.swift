/// HTML that is only ever made of literal markup and escaped text.
struct HTMLText {
    private(set) var text = ""

    /// Markup, which only the program's own text can hold.
    mutating func markup(_ literal: StaticString) { text += literal.description }

    /// Text as text: nothing in it can become markup, an attribute or a control character.
    mutating func escaped(_ words: String) {
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\n", "\r", "\t": text += " "
            default: if scalar.value >= 0x20, scalar.value != 0x7F { text.unicodeScalars.append(scalar) }
            }
        }
    }

    /// An element without attributes round a text.
    mutating func element(_ open: StaticString, _ words: String, _ close: StaticString) {
        markup(open)
        escaped(words)
        markup(close)
    }
}
