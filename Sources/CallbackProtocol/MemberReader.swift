// Reads members of a payload with the type that the documentation gives them.

extension ProtocolError.Code {
    package static let requestWrongType = Self(rawValue: "request_wrong_type")
    package static let requestBadAmount = Self(rawValue: "request_bad_amount")
    package static let requestAmountMismatch = Self(rawValue: "request_amount_mismatch")
    package static let requestNoDestinations = Self(rawValue: "request_no_destinations")
    package static let requestAddressMismatch = Self(rawValue: "request_address_mismatch")
    package static let requestControlCharacter = Self(rawValue: "request_control_character")
    package static let requestEmbeddedJSON = Self(rawValue: "request_embedded_json")
    package static let requestWrongEndpoint = Self(rawValue: "request_wrong_endpoint")
}

/// One object of a payload and where it stands. Absent members are `nil`; `null` is a value of the wrong type, as no
/// co-signer was seen to write it.
struct MemberReader {
    let object: JSONObject
    /// In RAW and TYPED_MESSAGE requests an empty string stands for an absent member.
    private let emptyIsAbsent: Bool
    private let place: Place
    /// Where the next member is looked for first.
    private var next = 0

    /// Where an object stands. Its path is only made for an error.
    enum Place {
        case payload
        /// A member, by its path below the payload.
        case member(String)
        /// An element of the array with this path.
        case element(String, Int)
    }

    init(_ object: JSONObject, at place: Place = .payload, emptyIsAbsent: Bool) {
        (self.object, self.place, self.emptyIsAbsent) = (object, place, emptyIsAbsent)
    }

    private var path: String {
        switch place {
        case .payload: "$"
        case .member(let name): "$.\(name)"
        case .element(let array, let index): "$.\(array)[\(index)]"
        }
    }

    /// Reads an object that is the member `name` here.
    func inside(_ name: String, _ object: JSONObject) -> MemberReader {
        MemberReader(object, at: .member(below(name)), emptyIsAbsent: emptyIsAbsent)
    }

    /// The path of a member below the payload.
    private func below(_ name: String) -> String {
        switch place {
        case .payload: name
        case .member(let own): "\(own).\(name)"
        case .element(let array, let index): "\(array)[\(index)].\(name)"
        }
    }

    func problem(_ code: ProtocolError.Code, _ message: String, _ name: String) -> ProtocolError {
        ProtocolError(code, message, path: "\(path).\(name)")
    }

    private mutating func value(_ name: String) -> JSONValue? {
        guard let index = object.index(of: name, from: next) else { return nil }
        next = index + 1
        let value = object.members[index].value
        if emptyIsAbsent, value.string == "" { return nil }
        return value
    }

    mutating func text(_ name: String) throws(ProtocolError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else {
            throw problem(.requestWrongType, "must be a string, is \(value.kind)", name)
        }
        return text
    }

    /// A text that names or addresses something. Control characters would let two different ids look alike.
    mutating func identifier(_ name: String) throws(ProtocolError) -> String? {
        guard let text = try text(name) else { return nil }
        guard !text.hasControlCharacter else {
            throw problem(.requestControlCharacter, "must not hold control characters", name)
        }
        return text
    }

    /// The API user's id. It is part of a request's identity, so it is bounded like the requestId.
    mutating func signerId() throws(ProtocolError) -> String? {
        guard let text = try identifier("signerId") else { return nil }
        guard text.utf8.count <= RequestIdentity.longestId else {
            throw problem(
                .requestWrongType, "must not be longer than \(RequestIdentity.longestId) bytes", "signerId")
        }
        return text
    }

    mutating func object(_ name: String) throws(ProtocolError) -> JSONObject? {
        guard let value = value(name) else { return nil }
        guard let object = value.object else {
            throw problem(.requestWrongType, "must be an object, is \(value.kind)", name)
        }
        return object
    }

    mutating func array(_ name: String) throws(ProtocolError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard let array = value.array else {
            throw problem(.requestWrongType, "must be an array, is \(value.kind)", name)
        }
        return array
    }

    mutating func objects(_ name: String) throws(ProtocolError) -> [MemberReader] {
        let values = try array(name) ?? []
        var readers: [MemberReader] = []
        readers.reserveCapacity(values.count)
        let array = below(name)
        for (index, value) in values.enumerated() {
            guard let object = value.object else {
                throw problem(.requestWrongType, "must be an object, is \(value.kind)", "\(name)[\(index)]")
            }
            readers.append(MemberReader(object, at: .element(array, index), emptyIsAbsent: emptyIsAbsent))
        }
        return readers
    }

    mutating func identifiers(_ name: String) throws(ProtocolError) -> [String] {
        let values = try array(name) ?? []
        var texts: [String] = []
        texts.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            guard let text = value.string else {
                throw problem(.requestWrongType, "must be a string, is \(value.kind)", "\(name)[\(index)]")
            }
            guard !text.hasControlCharacter else {
                throw problem(.requestControlCharacter, "must not hold control characters", "\(name)[\(index)]")
            }
            texts.append(text)
        }
        return texts
    }

    /// An amount as text: digits with an optional fraction, at most 78 digits.
    mutating func amount(_ name: String) throws(ProtocolError) -> ExactDecimal? {
        guard let text = try text(name) else { return nil }
        guard let amount = ExactDecimal(plain: text) else {
            throw problem(.requestBadAmount, "must be a decimal number in plain notation with at most 78 digits", name)
        }
        return amount
    }

    /// A JSON number, exact.
    mutating func number(_ name: String) throws(ProtocolError) -> ExactDecimal? {
        try number(value(name), name)
    }

    private func number(_ value: JSONValue?, _ name: String) throws(ProtocolError) -> ExactDecimal? {
        guard let value else { return nil }
        guard case .number(let text) = value else {
            throw problem(.requestWrongType, "must be a number, is \(value.kind)", name)
        }
        guard let number = ExactDecimal(jsonNumber: text) else {
            throw problem(.requestBadAmount, "has more than 78 digits or an exponent beyond 30", name)
        }
        return number
    }

    /// An amount whose deprecated number, where it is present too, says the same up to its eight decimals.
    mutating func amount(_ name: String, deprecated numberName: String) throws(ProtocolError) -> ExactDecimal? {
        // The deprecated number stands before its string in what co-signers send.
        let given = value(numberName)
        let amount = try amount(name)
        guard let number = try number(given, numberName), let amount, number != amount else { return amount }
        let difference = (number - amount).magnitude
        guard difference <= Self.tolerance || difference.shifted(by: 12) <= amount.magnitude
        else { throw problem(.requestAmountMismatch, "does not agree with \(name)", numberName) }
        return amount
    }

    /// What is left over behind eight decimals.
    private static let tolerance = ExactDecimal(whole: 1).shifted(by: -8)
}

extension String {
    /// U+0000 to U+001F and U+007F to U+009F. In UTF-8 the last 32 of them are 0xc2 and 0x80 to 0x9f.
    fileprivate var hasControlCharacter: Bool {
        // Hardly any text holds a byte that begins a control character.
        let bytes = utf8.span.bytes
        let plain = firstMarked(in: bytes) { $0.below(0x20) | $0.equal(to: 0x7f) | $0.equal(to: 0xc2) }
        if plain == bytes.byteCount { return false }
        var previous: UInt8 = 0
        for byte in utf8 {
            if byte < 0x20 || byte == 0x7f || previous == 0xc2 && byte < 0xa0 { return true }
            previous = byte
        }
        return false
    }
}
