// Which connection URLs are accepted, and as what.

import Glibc
import SystemPostgres
import Testing

@Suite struct TargetTests {
    @Test func aURLIsReadWithItsDefaults() throws {
        let target = try PostgresTarget(
            url: "postgresql://led%40ger@db.example:6432/count%20er?sslrootcert=/etc/ca.pem")
        #expect(target.user == "led@ger")
        #expect(target.host == .network("db.example"))
        #expect(target.port == 6432)
        #expect(target.database == "count er")
        #expect(target.sslMode == .verifyFull)
        #expect(target.description == "db.example:6432/count er")
    }

    @Test(
        arguments: [
            ("postgresql:///ledger?host=/run/postgresql", PostgresTarget.Host.socket("/run/postgresql"), .disable),
            ("postgres://u@localhost/ledger", .network("localhost"), .prefer),
            ("postgresql://u@127.9.0.1/ledger", .network("127.9.0.1"), .prefer),
            ("postgresql://u@[::1]:5433/ledger", .network("::1"), .prefer),
            ("postgresql://u@127.0.0.1.example/ledger", .network("127.0.0.1.example"), .verifyFull),
            ("postgresql://u@[2001:db8::1]/ledger?sslmode=verify-ca", .network("2001:db8::1"), .verifyCA),
        ] as [(String, PostgresTarget.Host, PostgresTarget.SSLMode)])
    func hostsAndModes(_ url: String, _ host: PostgresTarget.Host, _ mode: PostgresTarget.SSLMode) throws {
        let target = try PostgresTarget(url: url)
        #expect(target.host == host)
        #expect(target.sslMode == mode)
    }

    @Test(arguments: [
        "postgresql://u:hunter2@localhost/ledger", "postgresql://u:@localhost/ledger",
        "postgresql://localhost/ledger?password=hunter2", "postgresql://localhost/ledger?sslpassword=hunter2",
    ])
    func passwordsAreRefusedAndNotRepeated(_ url: String) {
        let error = failure { try PostgresTarget(url: url) }
        #expect(error?.code == .refusedTarget)
        #expect(error?.message.contains("password_file") == true)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test(arguments: [
        "", "mysql://localhost/ledger", "postgresql://localhost", "postgresql://localhost/", "postgresql:///ledger",
        "postgresql://localhost/a/b", "postgresql://localhost:0/ledger", "postgresql://localhost:65536/ledger",
        "postgresql://localhost:+1/ledger", "postgresql://localhost:/ledger", "postgresql://a,b/ledger",
        "postgresql://localhost/ledger?options=-c%20fsync=off", "postgresql://localhost/ledger?hostaddr=10.0.0.1",
        "postgresql://localhost/ledger?service=x", "postgresql://localhost/ledger?sslmode=verify",
        "postgresql://localhost/ledger?sslmode=require&sslmode=disable", "postgresql://localhost/ledger?host=/run",
        "postgresql://localhost/ledger?sslmode", "postgresql://localhost/ledger?sslmode=",
        "postgresql://localhost/led%zz",
        "postgresql://localhost/led%00ger", "postgresql://localhost/led%ffger", "postgresql://localhost/ledger#x",
        "postgresql://a@b@localhost/ledger", "postgresql://@localhost/ledger", "postgresql://[::1/ledger",
        "postgresql://[::1]x/ledger", "postgresql://[name]/ledger",
        "postgresql://localhost/ledger?&", "postgresql:///ledger?host=@abstract",
    ])
    func refuses(_ url: String) {
        #expect(failure { try PostgresTarget(url: url) }?.code == .refusedTarget)
    }

    @Test(arguments: ["disable", "allow", "prefer", "require"])
    func remoteHostsMustProveWhoTheyAre(_ mode: String) throws {
        // The address is reserved for documentation (RFC 5737): nothing answers, and nothing is asked.
        let target = try PostgresTarget(url: "postgresql://u@192.0.2.1/ledger?sslmode=\(mode)")
        let error = failure { try PostgresConnection.open(target) }
        #expect(error?.code == .refusedTarget)
        #expect(error?.message.contains("verify-full") == true)
        var options = PostgresOptions()
        options.insecure = true
        options.connectTimeout = 50
        #expect(failure { try PostgresConnection.open(target, options) }?.code == .connectionFailed)
    }

    @Test func theEnvironmentCannotLeadElsewhere() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            let target = try PostgresTarget(url: "postgresql://u@localhost:1/ledger")
            for name in ["PGHOSTADDR", "PGSERVICE", "PGOPTIONS"] {
                setenv(name, "192.0.2.1", 1)
                let error = failure { try PostgresConnection.open(target) }
                unsetenv(name)
                guard error?.code == .refusedTarget, error?.message.contains(name) == true else { exit(1) }
            }
        }
    }

    @Test func verificationNeedsAnAuthority() throws {
        let target = try PostgresTarget(url: "postgresql://u@db.example/ledger")
        let error = failure { try PostgresConnection.open(target) }
        #expect(error?.code == .refusedTarget)
        #expect(error?.message.contains("sslrootcert") == true)
    }

    @Test func aPasswordIsNeverPrinted() throws {
        var options = PostgresOptions()
        options.password = try PostgresPassword("hunter2")
        #expect(!"\(options)".contains("hunter2"))
        #expect(!String(reflecting: options).contains("hunter2"))
        var dumped = ""
        dump(options, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(failure { try PostgresPassword("hunter2\n") }?.message.contains("hunter2") == false)
    }
}
