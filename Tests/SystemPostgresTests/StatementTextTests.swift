// Placeholders are translated where they are placeholders, and only there.

import Testing

@testable import SystemPostgres

@Suite struct StatementTextTests {
    @Test(arguments: [
        ("SELECT ?", "SELECT $1", 1), ("?,?", "$1,$2", 2), ("a=?AND b=?", "a=$1 AND b=$2", 2),
        ("'?' ?", "'?' $1", 1), ("'it''s ?' ?", "'it''s ?' $1", 1), ("'\\' ?", "'\\' $1", 1),
        ("E'\\'?' ?", "E'\\'?' $1", 1), ("e'''?' ?", "e'''?' $1", 1), ("\"a\"\"?\" ?", "\"a\"\"?\" $1", 1),
        ("nameE'?' ?", "nameE'?' $1", 1), ("-- ?\n?", "-- ?\n$1", 1),
        ("/* ? /* ? */ ? */ ?", "/* ? /* ? */ ? */ $1", 1),
        ("$$?$$ ?", "$$?$$ $1", 1), ("$t$ $$ ? $t$ ?", "$t$ $$ ? $t$ $1", 1), ("a$b ? $b", "a$b $1 $b", 1),
        ("", "", 0), ("-- ?", "-- ?", 0), ("é ?", "é $1", 1),
    ])
    func translates(_ source: String, _ sql: String, _ count: Int) throws {
        let text = try StatementText(source)
        #expect(text.sql == sql)
        #expect(text.placeholders == count)
    }

    @Test(arguments: [
        "'open", "\"open", "E'\\'", "/* /* */", "$$ open", "$a$ open $b$", "?1", "$1", "a\0", "'a\0'", "--\0",
    ])
    func refuses(_ source: String) {
        #expect(failure { try StatementText(source) }?.code == .database)
    }
}
