// The part of a verification that goes in the order of the log.

/// Takes pages one after another: the tree, what is stored of it, and the charges.
struct Folding {
    private let source: any LedgerSource
    private(set) var tree: TreeCheck
    private(set) var report: LedgerReport
    /// The first page that could not be read; nothing is added after it.
    private(set) var failure: LedgerError?

    init(source: any LedgerSource, tree: TreeCheck, report: LedgerReport) {
        (self.source, self.tree, self.report) = (source, tree, report)
    }

    mutating func add(_ pages: [Result<EntryPage, LedgerError>]) {
        for page in pages where failure == nil {
            do throws(LedgerError) {
                try add(try page.get())
            } catch {
                failure = error
            }
        }
    }

    private mutating func add(_ page: EntryPage) throws(LedgerError) {
        let stored = try source.read { try TreeCheck.Stored($0, from: page.first, to: page.last) }
        report.add(page.findings)
        report.add(try tree.add(page, from: page.first, to: page.last, stored: stored))
        let charged = page.charges
        if !charged.isEmpty { report.add(try source.read { try LimitCheck.missing(charged, $0) }) }
        report.checked += Int64(page.entries.count)
    }
}
