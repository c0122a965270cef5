// Reads the lists and keys of a rules file through the loader that the caller gave.

import CallbackProtocol

/// Loads everything that is declared once, used or not: a file that is named must exist.
struct ListLoader {
    private(set) var lists: [String: LoadedList] = [:]
    private(set) var keys: [String: ExtraKey] = [:]
    /// The files read, for the digest: their names as written and their bytes, in the order of the rules file.
    private(set) var files: [(name: String, bytes: [UInt8])] = []

    mutating func load(
        _ declarations: [ListDeclaration], from load: (String) throws -> [UInt8], into findings: inout Findings
    ) {
        for list in declarations {
            var count = 0
            switch list.content {
            case .ids(let ids):
                reportRepeated(ids, into: &findings)
                lists[list.name.value] = .ids(ids.map(\.value))
                count = ids.count
            case .addresses(let addresses):
                let set = inline(addresses, into: &findings)
                lists[list.name.value] = .addresses(set)
                count = set.count
            case .file(let name):
                guard let bytes = read(name, from: load, into: &findings) else { continue }
                files.append((name.value, bytes))
                let set = AddressListFile.read(bytes, name: name, into: &findings)
                lists[list.name.value] = .addresses(set)
                count = set.count
            }
            if count == 0 {
                findings.add(.emptyList, at: list.name.position, "List `\(list.name.value)` is empty.")
            }
        }
    }

    mutating func load(
        _ declarations: [ExtraKeyDeclaration], from load: (String) throws -> [UInt8], into findings: inout Findings
    ) {
        for declaration in declarations {
            let (pem, place): ([UInt8], SourcePosition)
            switch declaration.source {
            case .inline(let text): (pem, place) = (Array(text.value.utf8), text.position)
            case .file(let name):
                guard let bytes = read(name, from: load, into: &findings) else { continue }
                files.append((name.value, bytes))
                (pem, place) = (bytes, name.position)
            }
            if let key = ExtraKey(declaration, pem: pem) {
                keys[declaration.name.value] = key
            } else {
                findings.add(.badPublicKey, at: place, "Key `\(declaration.name.value)` is not a usable public key.")
            }
        }
    }

    private func read(
        _ name: Located<String>, from load: (String) throws -> [UInt8], into findings: inout Findings
    ) -> [UInt8]? {
        do {
            return try load(name.value)
        } catch {
            findings.add(.listUnreadable, at: name.position, "\(name.value) cannot be read: \(error)")
            return nil
        }
    }

    private func inline(_ addresses: [Located<String>], into findings: inout Findings) -> TextSet {
        var set = TextSet([])
        for address in addresses {
            guard !AddressText.isImpossible(address.value) else {
                findings.add(.notAnAddress, at: address.position, "`\(address.value)` cannot be an address.")
                continue
            }
            if let mistake = AddressText.mistake(in: address.value) {
                findings.add(.oddAddress, at: address.position, mistake)
            }
            if !set.insert(Array(AddressComparison.normalised(address.value).utf8)) {
                findings.add(.repeatedValue, at: address.position, "\(address.value) stands in the list twice.")
            }
        }
        return set
    }

    private func reportRepeated(_ ids: [Located<String>], into findings: inout Findings) {
        var seen = TextSet([])
        for id in ids where !seen.insert(Array(id.value.utf8)) {
            findings.add(.repeatedValue, at: id.position, "`\(id.value)` stands in the list twice.")
        }
    }
}
