// Texts that no rule names, to stand for all the rest.

/// Makes up texts. A made-up text that a list has after all would stand for nothing, so others are tried.
enum FreshText {
    private static let mark = "~other"
    private static let addressStem = "0x00000000000000000000000000000000c0ffee"
    private static let methodStem = "0xc0ffee"

    /// A text of a field that fulfils a test: to be in no set, and to have no prefix that it should not have.
    static func first(for field: ConditionField, _ isFree: (String) -> Bool) -> String? {
        let usual: String? =
            switch field.shape {
            case .address: addressStem + "99"
            case .method: methodStem + "99"
            case .word: "SOMETHING_ELSE"
            default: field == .asset ? "OTHER" : "some other \(field.rawValue)"
            }
        if let usual, isFree(usual) { return usual }
        let stem =
            switch field.shape {
            case .address: addressStem
            case .method: methodStem
            default: mark
            }
        let digits = Array("0123456789abcdef")
        for high in digits {
            for low in digits {
                let text = stem + String([high, low])
                if isFree(text) { return text }
            }
        }
        return nil
    }

    /// A text with this prefix that fulfils a test.
    static func first(prefix: String, _ isFree: (String) -> Bool) -> String? {
        endings.lazy.map { prefix + $0 }.first(where: isFree)
    }

    /// Whether a text may be one of these.
    static func isPossible(_ text: String) -> Bool {
        text.contains(mark) || text.hasPrefix(addressStem) || text.hasPrefix(methodStem)
            || text == "SOMETHING_ELSE" || text == "OTHER" || text.hasPrefix("some other ")
    }

    private static let endings =
        [mark] + (0..<256).map { mark + String($0) }
        + (0..<26).map { String(UnicodeScalar(UInt8(97 + $0))) + mark }
}
