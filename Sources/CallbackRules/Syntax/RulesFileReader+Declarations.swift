// Reading of assets, lists and windows.

extension RulesFileReader {
    mutating func asset(_ entry: SourceNode.Entry) -> AssetEntry? {
        guard
            let members = mapping(
                entry.value, of: "asset `\(entry.key.value)`", allowed: ["chain_id", "contract", "decimals"],
                required: ["decimals"])
        else { return nil }
        let chainID = members["chain_id"].flatMap { wholeNumber($0, .chainID, "chain_id", in: 1...UInt64.max) }
        let decimals = members["decimals"].flatMap { wholeNumber($0, .decimals, "decimals", in: 0...77) }
        let contract = members["contract"].flatMap { text($0, "contract") }
        if let contract, members["chain_id"] == nil {
            findings.add(.missingKey, at: contract.position, "A token's asset needs `chain_id` beside its contract.")
            return nil
        }
        guard let decimals, members["chain_id"] == nil || chainID != nil else { return nil }
        return AssetEntry(
            id: entry.key, contract: contract,
            declaration: DeclaredAsset(chainId: chainID, contract: contract?.value, decimals: Int(decimals)))
    }

    mutating func list(_ entry: SourceNode.Entry) -> ListDeclaration? {
        let what = "list `\(entry.key.value)`"
        guard let members = mapping(entry.value, of: what, allowed: ["addresses", "addresses_file", "ids"]) else {
            return nil
        }
        guard members.count == 1, let (key, node) = members.first else {
            findings.add(
                .listContent, at: entry.key.position, "\(what) must have one of addresses, addresses_file, ids.")
            return nil
        }
        let content: ListDeclaration.Content? =
            switch key {
            case "addresses_file": text(node, key).map { .file($0) }
            case "addresses": texts(node, key, empty: true).map { .addresses($0) }
            default: texts(node, key, empty: true).map { .ids($0) }
            }
        return content.map { ListDeclaration(name: entry.key, content: $0) }
    }

    mutating func window(_ entry: SourceNode.Entry) -> WindowDeclaration? {
        guard
            let members = mapping(
                entry.value, of: "window `\(entry.key.value)`", allowed: ["days", "from", "to", "except", "time_zone"],
                required: ["from", "to"])
        else { return nil }
        let from = members["from"].flatMap { minutes($0, "from", upTo: 1439) }
        let to = members["to"].flatMap { minutes($0, "to", upTo: 1440) }
        let everyDay = Weekday.allCases.map { Located($0, entry.key.position) }
        let days = members["days"].map { texts($0, "days")?.compactMap { weekday($0) } ?? [] } ?? everyDay
        let except = members["except"].flatMap { texts($0, "except", empty: true) } ?? []
        let dates = except.compactMap { date($0) }
        let zone = members["time_zone"].flatMap { text($0, "time_zone") }
        guard let from, let to else { return nil }
        return WindowDeclaration(name: entry.key, days: days, from: from, to: to, except: dates, timeZone: zone)
    }

    private mutating func minutes(_ node: SourceNode, _ what: String, upTo maximum: Int) -> Located<Int>? {
        guard let text = text(node, what) else { return nil }
        let units = Array(text.value.utf8)
        let digits = units.filter { $0 >= 0x30 && $0 <= 0x39 }.map { Int($0 - 0x30) }
        guard units.count == 5, units[2] == 0x3a, digits.count == 4 else {
            findings.add(.badTime, at: text.position, "`\(what)`: `\(text.value)` is not a time of day.")
            return nil
        }
        let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard minutes < 60, hours * 60 + minutes <= maximum else {
            findings.add(.badTime, at: text.position, "`\(what)`: `\(text.value)` is not a time of day.")
            return nil
        }
        return Located(hours * 60 + minutes, text.position)
    }

    private mutating func weekday(_ text: Located<String>) -> Located<Weekday>? {
        guard let day = Weekday.allCases.first(where: { $0.name.isExactly(text.value) }) else {
            findings.add(
                .unknownDay, at: text.position, "`\(text.value)` is not a day of the week.",
                hint: NearestName.hint(text.value, in: Weekday.allCases.map(\.name)))
            return nil
        }
        return Located(day, text.position)
    }

    private mutating func date(_ text: Located<String>) -> Located<CivilDay>? {
        guard let day = CivilDay(text.value) else {
            findings.add(.badDate, at: text.position, "`\(text.value)` is not a date of the calendar.")
            return nil
        }
        return Located(day, text.position)
    }
}
