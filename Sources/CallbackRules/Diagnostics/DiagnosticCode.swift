// Every code that `rules check` can report: its number, how serious it is, what it means, how to fix it.

/// A stable code. Numbers are never reused; each has a page in `docs/rules-codes`.
package enum DiagnosticCode: String, Sendable, Hashable, CaseIterable {
    // The text.
    case notUTF8 = "R001"
    case tooLarge = "R002"
    case syntax = "R003"
    case emptyFile = "R004"
    case severalDocuments = "R005"
    case anchor = "R006"
    case tag = "R007"
    case duplicateKey = "R008"
    case tooDeep = "R009"
    case keyNotText = "R010"
    // Its structure.
    case unknownKey = "R011"
    case missingKey = "R012"
    case wrongKind = "R013"
    case unquoted = "R014"
    case emptyText = "R015"
    case emptyCollection = "R016"
    case badName = "R018"
    case tooLong = "R019"
    case hiddenCharacter = "R025"
    case badNumber = "R026"
    // Header and assets.
    case version = "R020"
    case unknownTimeZone = "R021"
    case timeZoneNeeded = "R022"
    case chainID = "R023"
    case decimals = "R024"
    // Lists.
    case listContent = "R030"
    case listUnreadable = "R031"
    case notAnAddress = "R032"
    case emptyList = "R033"
    case unusedList = "R034"
    case repeatedValue = "R035"
    case oddAddress = "R036"
    // Windows.
    case unknownDay = "R040"
    case badTime = "R041"
    case emptyWindow = "R042"
    case badDate = "R043"
    case unusedWindow = "R044"
    case pointlessException = "R045"
    // Rules.
    case duplicateRule = "R050"
    case unknownEffect = "R051"
    case emptyWhen = "R052"
    case alwaysMisplaced = "R053"
    case matcherKind = "R054"
    case severalMatchers = "R055"
    case unknownList = "R056"
    case listKind = "R057"
    case unknownWindow = "R058"
    case unquotedBound = "R059"
    case badBound = "R060"
    case repeatedBound = "R061"
    case impossibleBounds = "R062"
    case amountNeedsAsset = "R063"
    case approveNeedsType = "R064"
    case unknownStage = "R065"
    case badMethod = "R066"
    case unknownKeyName = "R067"
    case misplacedKey = "R068"
    // Approvers, keys and limits.
    case badApproverKey = "R080"
    case repeatedApproverKey = "R081"
    case tooFewApprovers = "R082"
    case unknownApprovers = "R083"
    case unusedApprovers = "R084"
    case badPublicKey = "R085"
    case unusedKey = "R086"
    case badDuration = "R087"
    case limitMeasure = "R088"
    case duplicateLimit = "R089"
    case limitNeedsAsset = "R090"
    case unusedAsset = "R091"
    // Tests of rules.
    case badSample = "R092"
    case badInstant = "R093"
    case unlistedKind = "R094"
    case unknownSample = "R095"
    case badChange = "R096"
    case unknownRule = "R097"
    case wrongCount = "R098"
    // What a file says but probably does not mean.
    case unlistedValue = "R070"
    case blindApprove = "R071"
    case ignoreAtSigning = "R072"
    case neverMatches = "R073"
    case approvesEveryTransfer = "R074"
    case unusedReason = "R075"
    case feeAtApproval = "R076"
    case unnamedPeer = "R077"
}

extension DiagnosticCode {
    package var severity: Diagnostic.Severity {
        switch self {
        case .emptyList, .unusedList, .repeatedValue, .oddAddress, .unusedWindow, .pointlessException, .unlistedValue,
            .blindApprove, .ignoreAtSigning, .neverMatches, .approvesEveryTransfer, .unusedReason, .feeAtApproval,
            .unnamedPeer, .unusedApprovers, .unusedKey, .unusedAsset:
            .warning
        default: .error
        }
    }

    /// What the code means, in a few words.
    package var title: String { entry.title }

    /// What to do about it, where the finding itself knows nothing better.
    package var fix: String { entry.fix }

    /// Where the code is explained, with examples: a file of the repository.
    package var page: String { "docs/rules-codes/\(rawValue).md" }

    private var entry: (title: String, fix: String) {
        switch self {
        case .notUTF8: ("not UTF-8", "Save the file as UTF-8.")
        case .tooLarge: ("file too large", "Move long lists into files of their own (addresses_file).")
        case .syntax: ("not YAML", "Check indentation (spaces, no tabs), quotes and brackets near this place.")
        case .emptyFile: ("empty file", "Start from the rules file that `callback-server init` writes.")
        case .severalDocuments: ("more than one document", "Keep one YAML document in the file; remove `---`.")
        case .anchor: ("anchor or alias", "Write the value out: what a rule says must stand at the rule.")
        case .tag: ("YAML tag", "Remove the tag; the language knows every type already.")
        case .duplicateKey: ("key stands twice", "Keep one of the two.")
        case .tooDeep: ("nested too deep", "No rule needs more than eight levels; remove the extra ones.")
        case .keyNotText: ("key is not text", "Quote the key, and use text only.")
        case .unknownKey: ("unknown key", "Remove it, or correct its name.")
        case .missingKey: ("key is missing", "Add it.")
        case .wrongKind: ("wrong kind of value", "Give a value of the kind that the message names.")
        case .unquoted: ("value is not text unless quoted", "Put it in double quotes.")
        case .emptyText: ("empty text", "Write a value, or remove the key.")
        case .emptyCollection: ("nothing in it", "Write at least one entry, or remove the key.")
        case .badNumber: ("not a whole number in range", "Write a whole number of the stated range, without quotes.")
        case .badName:
            ("not a name", "Use letters, digits, `_`, `-` and `.`, at most 64, beginning with a letter or digit.")
        case .tooLong: ("text is too long", "Shorten it.")
        case .hiddenCharacter:
            ("invisible character", "Remove it: reviewers do not see it, and it changes what is read.")
        case .version: ("version of the language", "Write `rules_version: 1`, without quotes.")
        case .unknownTimeZone:
            ("unknown time zone", "Use an IANA name like Europe/Zurich. If it is one, install the tzdata package.")
        case .timeZoneNeeded: ("no time zone", "Add `time_zone:` to the window, or at the top of the file.")
        case .chainID: ("not a chain id", "Write the chain id as a whole number above 0, without quotes.")
        case .decimals: ("not a number of decimals", "Write a whole number from 0 to 77, without quotes.")
        case .listContent: ("list without one content", "Give exactly one of addresses, addresses_file, ids.")
        case .listUnreadable: ("list file cannot be read", "Check the file's name and its permissions.")
        case .notAnAddress: ("not an address", "Write one address per line; comments begin with #.")
        case .emptyList: ("list is empty", "Nothing is in this list: `in` is never true, `not_in` always.")
        case .unusedList: ("list is not used", "Use it in a rule, or remove it.")
        case .repeatedValue: ("value stands twice", "Remove one of the two.")
        case .oddAddress:
            ("looks like a mistyped address", "Addresses are compared as they are; check its length and letters.")
        case .unknownDay: ("not a day of the week", "Days are mon, tue, wed, thu, fri, sat, sun.")
        case .badTime:
            ("not a time of day", "Write hours and minutes in quotes, \"00:00\" to \"23:59\"; `to` may be \"24:00\".")
        case .emptyWindow: ("window never opens", "`from` and `to` must differ; a whole day is \"00:00\" to \"24:00\".")
        case .badDate: ("not a date", "Write an existing day in quotes, for example \"2026-12-25\".")
        case .unusedWindow: ("window is not used", "Use it in a rule, or remove it.")
        case .pointlessException:
            ("exception without effect", "The window does not open on that day of the week anyway.")
        case .duplicateRule: ("rule id stands twice", "Give every rule of the file its own id.")
        case .unknownEffect: ("unknown effect", "Effects are approve, ignore, hold, reject.")
        case .emptyWhen: ("no condition", "Write `when: always` if the rule is meant to match every time.")
        case .alwaysMisplaced: ("`always` misplaced", "`always` stands for a whole `when`; `unless` needs conditions.")
        case .matcherKind: ("condition cannot be written so", "See the matchers that the message names.")
        case .severalMatchers:
            ("more than one matcher", "Keep one; write a second rule, or use `unless`, for the other.")
        case .unknownList: ("unknown list", "Define it under `lists`.")
        case .listKind: ("list of another kind", "Addresses are matched with address lists, everything else with ids.")
        case .unknownWindow: ("unknown window", "Define it under `windows`.")
        case .unquotedBound: ("bound is not quoted", "Put the amount in double quotes, so that no tool rounds it.")
        case .badBound:
            ("not an amount", "Write a plain decimal such as \"1000\" or \"0.25\": no sign, exponent or commas.")
        case .repeatedBound:
            ("two bounds of one side", "Keep one of at_least and more_than, one of at_most and less_than.")
        case .impossibleBounds: ("no amount fits", "The lower bound must be below the upper bound.")
        case .amountNeedsAsset:
            ("amount without one asset", "Name exactly one asset beside it, or use amount_usd: units differ by asset.")
        case .approveNeedsType:
            ("approve without type", "Name the `type` of change that may be approved, as values or `in`.")
        case .unknownStage: ("unknown stage", "Stages are signing and approval.")
        case .badMethod:
            (
                "not a contract method",
                "Write a selector like \"0xa9059cbb\" or a signature like \"transfer(address,uint256)\"."
            )
        case .unknownKeyName: ("key is not declared", "Define it under `keys`.")
        case .misplacedKey: ("key without meaning here", "Remove it, or change the effect.")
        case .badApproverKey:
            (
                "not an approver's key",
                "Paste the line of an OpenSSH public key file: ssh-ed25519, ecdsa-sha2-nistp256 or sk-."
            )
        case .repeatedApproverKey:
            ("one key under two names", "Each person signs with an own key: remove one of the two.")
        case .tooFewApprovers: ("fewer keys than required", "Add keys, or lower `required`.")
        case .unknownApprovers: ("unknown approvers", "Define them under `approvers`.")
        case .unusedApprovers: ("approvers are not used", "Use them in a rule, or remove them.")
        case .badPublicKey:
            ("not a public key", "Give a PEM block BEGIN PUBLIC KEY of an RSA (2048 to 4096 bits) or Ed25519 key.")
        case .unusedKey: ("key is not used", "Use it in a rule, or remove it.")
        case .badDuration: ("not a duration", "Write a whole number and s, m, h or d, for example 45m; at most 400d.")
        case .limitMeasure: ("limit without one measure", "Give exactly one of count, amount_usd, amount.")
        case .duplicateLimit: ("limit id stands twice", "Give every limit of a rule its own id.")
        case .limitNeedsAsset:
            (
                "native sum of several assets",
                "Name one asset in the rule, or add `for_each: [asset]`: units differ by asset."
            )
        case .unusedAsset:
            ("asset is not used", "No rule looks at raw transactions: remove it, or add `raw_transaction`.")
        case .badSample: ("payload cannot be read", "Check the file's name and that it is one JSON object.")
        case .badInstant: ("not an instant", "Write date and time with a zone in quotes: \"2026-11-23T10:00:00Z\".")
        case .unlistedKind: ("unknown kind of request", "Kinds are transaction and configuration.")
        case .unknownSample: ("unknown sample", "Define it under `samples`.")
        case .badChange: ("no such place", "Write a path such as amountStr or destinations[0].amountUSD.")
        case .unknownRule: ("unknown rule or limit", "Name a rule of the rules file that is tested.")
        case .wrongCount:
            ("values for other conditions", "Give one value for each condition of `for_each`, in its order.")
        case .unlistedValue: ("value is not documented", "It is compared as it stands; check its spelling.")
        case .blindApprove:
            (
                "approves calls or messages unseen",
                "Nothing here looks at the contract data or message that gets signed."
            )
        case .ignoreAtSigning: ("ignore may reject", "At the signing stage ignore rejects; add `stage: approval`.")
        case .neverMatches: ("rule never matches", "Correct the conditions, or remove the rule.")
        case .approvesEveryTransfer: ("approves every transfer", "Add conditions on destination, asset or amount.")
        case .unusedReason: ("reason is not used", "Approvals carry no reason; remove it.")
        case .feeAtApproval:
            ("fee at the approval stage", "Requests for approval state no fee, so the exception never applies to them.")
        case .unnamedPeer:
            ("peer is not authenticated", "A certificate-mode listener is configured: name `cosigner` or `listener`.")
        }
    }
}
