// The tree as its entries give it, compared with what is stored of it.

/// Builds the tree entry by entry.
struct TreeCheck {
    private(set) var frontier: MerkleFrontier
    private let trusted: Checkpoint?
    private var lastTime = ""

    init(frontier: MerkleFrontier, trusted: Checkpoint?) {
        (self.frontier, self.trusted) = (frontier, trusted)
    }

    /// What is stored of the tree about a run of entries.
    struct Stored {
        fileprivate var nodes: [MerkleNode] = []
        fileprivate var checkpoints: [(size: Int64, root: [UInt8], note: String)] = []

        init(_ session: any SQLSession, from first: Int64, to last: Int64) throws {
            for level in stride(from: MerkleFrontier.tileHeight, to: 64, by: MerkleFrontier.tileHeight) {
                // The subtrees of this level that one of the entries completes.
                let (low, high) = ((first - 1) >> level, (last >> level) - 1)
                guard high >= low else { break }
                try session.query(
                    "SELECT position, hash FROM tree_nodes WHERE level = ? AND position BETWEEN ? AND ? ORDER BY position",
                    [.integer(Int64(level)), .integer(low), .integer(high)]
                ) { nodes.append(MerkleNode(level: level, index: Int(try $0.integer(0)), hash: try $0.blob(1))) }
            }
            try session.query(
                "SELECT size, root, note FROM checkpoints WHERE size BETWEEN ? AND ? ORDER BY size",
                [.integer(first), .integer(last)]
            ) { checkpoints.append((try $0.integer(0), try $0.blob(1), try $0.text(2))) }
        }
    }

    /// Appends the entries of one page, in their order.
    mutating func add(
        _ page: EntryPage, from first: Int64, to last: Int64, stored: Stored
    ) throws(LedgerError) -> [LedgerFinding] {
        var findings: [LedgerFinding] = []
        var nodes = Set<MerkleNode>()
        var expected = first
        var checkpoints = stored.checkpoints[...]
        for entry in page.entries {
            if entry.sequence < expected {
                findings.append(LedgerFinding(.surplus, entry.sequence, "two entries stand at one place of the log"))
                continue
            }
            if entry.sequence > expected { findings.append(Self.gap(expected, entry.sequence - 1)) }
            expected = entry.sequence + 1
            if entry.recordedAt < lastTime {
                findings.append(LedgerFinding(.time, entry.sequence, "recorded before the entry in front of it"))
            }
            lastTime = max(lastTime, entry.recordedAt)
            let completed = try frontier.append(entry.leafHash)
            if !completed.isEmpty { nodes.formUnion(completed) }
            if let trusted, trusted.size == frontier.size {
                findings += LedgerVerifier.compare(frontier.root, trusted)
            }
            if let checkpoint = checkpoints.first, checkpoint.size == entry.sequence {
                checkpoints.removeFirst()
                findings += compare(checkpoint)
            }
        }
        if expected <= last { findings.append(Self.gap(expected, last)) }
        if nodes != Set(stored.nodes) {
            findings.append(
                LedgerFinding(
                    .tree, first, "stored subtrees of the entries \(first) to \(last) are not what these give"))
        }
        return findings
    }

    private static func gap(_ first: Int64, _ last: Int64) -> LedgerFinding {
        LedgerFinding(
            .missing, first, first == last ? "entry \(first) is missing" : "the entries \(first) to \(last) are missing"
        )
    }

    private func compare(_ checkpoint: (size: Int64, root: [UInt8], note: String)) -> [LedgerFinding] {
        let signed = try? Checkpoint(text: SignedNote(parsing: Array(checkpoint.note.utf8)).unverifiedText)
        let root = frontier.root
        guard checkpoint.root == root, signed?.rootHash == root, signed?.size == frontier.size else {
            return [
                LedgerFinding(
                    .checkpoint, checkpoint.size,
                    "the checkpoint of size \(checkpoint.size) is not what the entries give")
            ]
        }
        return []
    }
}
