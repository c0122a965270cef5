// One class of values that no condition of the files can tell apart, with a value that stands for it.

import CallbackProtocol

/// What a request says about one field, as one of finitely many classes.
enum Atom: Sendable, Hashable {
    /// For addresses: in the form in which they are compared.
    case text(String)
    case amount(ExactDecimal)
    case unknown
    case notStated
    case notApplicable
    case flag(Bool)
    /// An instant, and which windows of each of the two files are open at it.
    case instant(RulesInstant, open: [[Bool]])
    /// How the signatures of the named keys come out, by identity; `unknown` where a parameter is absent.
    case signatures([String: Truth])

    var amount: ExactDecimal? { if case .amount(let amount) = self { amount } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
}

/// Answers every question with one atom, so that a condition's own code says how it comes out.
struct AtomFacts: FactSource {
    let atom: Atom
    /// Which of the two files asks: their windows have different numbers.
    let side: Int

    var destinationCount: Int { 1 }

    func text(_ field: ConditionField, destination: Int?) -> Fact<String> {
        switch atom {
        case .text(let text): .value(text)
        case .notStated: .notStated
        case .notApplicable: .notApplicable
        default: .unknown("")
        }
    }

    func addressKey(_ field: ConditionField, destination: Int?) -> Fact<String> { text(field, destination: nil) }

    func amount(_ field: ConditionField, destination: Int?) -> Fact<ExactDecimal> {
        switch atom {
        case .amount(let amount): .value(amount)
        case .notApplicable: .notApplicable
        default: .unknown("")
        }
    }

    func flag(_ field: ConditionField) -> Fact<Bool> {
        if case .flag(let flag) = atom { .value(flag) } else { .unknown("") }
    }

    func isSigned(by key: ExtraKey) -> Fact<Bool> {
        guard case .signatures(let truths) = atom, let truth = truths[key.identity], truth != .unknown else {
            return .unknown("")
        }
        return .value(truth == .yes)
    }

    func isOpen(window: Int) -> Bool {
        if case .instant(_, let open) = atom { open[side][window] } else { false }
    }
}
