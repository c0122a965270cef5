// Signed notes: those of others verify, ours are theirs byte for byte, and nothing else is read.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import DecisionLedger

struct SignedNoteTests {
    private let peter: NoteVerifierKey
    private let enoch: NoteVerifierKey

    init() throws {
        peter = try NoteVerifierKey(NoteVectors.peterKey)
        enoch = try NoteVerifierKey(NoteVectors.enochKey)
    }

    private func note(_ text: String) throws -> SignedNote { try SignedNote(parsing: Array(text.utf8)) }

    @Test(arguments: [
        NoteVectors.peterKey, NoteVectors.enochKey, NoteVectors.exampleKey, NoteVectors.checksumDatabaseKey,
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
    ])
    func publishedKeysAreReadAndWrittenUnchanged(text: String) throws {
        #expect(try NoteVerifierKey(text).description == text)
    }

    @Test func publishedNotesVerify() throws {
        let example = try note(NoteVectors.exampleNote).verified(by: [NoteVerifierKey(NoteVectors.exampleKey), peter])
        #expect(example.text == "This is an example message.\n" && example.signers.map(\.name) == ["example.com/foo"])
        let both = try note(NoteVectors.goText + "\n" + NoteVectors.peterLine + NoteVectors.enochLine)
        #expect(try both.verified(by: [peter]).signers == [peter])
        #expect(try both.verified(by: [enoch, peter]).signers == [peter, enoch])
        #expect(both.serialized == NoteVectors.goText + "\n" + NoteVectors.peterLine + NoteVectors.enochLine)
        let poem = try note(NoteVectors.poem)
        #expect(poem.unverifiedText.hasSuffix("sole:\n\ned è subito sera.\n") && poem.signatures.count == 1)
        #expect(poem.serialized == NoteVectors.poem)
    }

    @Test func ourSignaturesAreThePublishedOnes() throws {
        let seed = try #require(StandardBase64.decode(Array(NoteVectors.peterSeed.utf8)[...])).dropFirst()
        let signers = [
            try NoteSigner(name: "PeterNeumann", key: Ed25519PrivateKey(seed: Array(seed))),
            try NoteSigner(name: "EnochRoot", key: Ed25519PrivateKey(seed: [UInt8](repeating: 0, count: 32))),
        ]
        #expect(signers.map(\.verifierKey) == [peter, enoch])
        var signed = try SignedNote(text: NoteVectors.goText)
        for signer in signers { signed = try signer.sign(signed) }
        #expect(signed.serialized == NoteVectors.goText + "\n" + NoteVectors.peterLine + NoteVectors.enochLine)
    }

    @Test func aKeyFromAFileSignsAndSignsAgain() throws {
        let key = try Ed25519PrivateKey.generate()
        let reread = try Ed25519PrivateKey(pem: Array(key.privatePEM.utf8))
        let signer = try NoteSigner(name: "log.example/ledger", key: reread)
        for text in ["a\n", "a\n\nb\n", "— log.example/ledger AAAA\n"] {
            let signed = try signer.sign(SignedNote(text: text))
            let read = try note(signed.serialized)
            #expect(try read.verified(by: [signer.verifierKey]).text == text)
            #expect(refuses([.noteUntrusted]) { _ = try read.verified(by: [peter]) })
        }
    }

    @Test func aKnownKeyWithABadSignatureRefusesTheWholeNote() throws {
        let altered = NoteVectors.goText.replacing("answer", with: "Answer")
        let text = altered + "\n" + NoteVectors.peterLine + NoteVectors.enochLine
        #expect(refuses([.noteBadSignature]) { _ = try note(text).verified(by: [peter]) })
        // A line under Peter's name and key ID that is none of his, beside Enoch's good one.
        var line = Array(
            try #require(StandardBase64.decode(Array(NoteVectors.peterLine.utf8.dropFirst(17).dropLast())[...])))
        line[10] ^= 1
        let forged = NoteVectors.goText + "\n— PeterNeumann \(StandardBase64.encode(line))\n" + NoteVectors.enochLine
        #expect(refuses([.noteBadSignature]) { _ = try note(forged).verified(by: [peter, enoch]) })
        #expect(try note(forged).verified(by: [enoch]).signers == [enoch])
    }

    @Test func unknownSignaturesAreIgnoredAndNeverEnough() throws {
        let other = try NoteSigner(name: "PeterNeumann", key: .generate())
        let signed = try other.sign(SignedNote(text: NoteVectors.goText))
        #expect(refuses([.noteUntrusted]) { _ = try signed.verified(by: [peter]) })
        #expect(refuses([.noteUntrusted]) { _ = try signed.verified(by: []) })
        #expect(refuses([.noteUntrusted]) { _ = try SignedNote(text: "a\n").verified(by: [peter]) })
        let mixed = try note(signed.serialized + NoteVectors.peterLine)
        #expect(try mixed.verified(by: [peter]).signers == [peter])
    }

    @Test func sixteenSignaturesAndMoreAreTaken() throws {
        var signed = try SignedNote(text: "a\n")
        let signers = try (0..<16).map { try NoteSigner(name: "w\($0)", key: .generate()) }
        for signer in signers { signed = try signer.sign(signed) }
        #expect(try note(signed.serialized).verified(by: [signers[15].verifierKey]).signers.count == 1)
        let many = "a\n\n" + String(repeating: NoteVectors.peterLine, count: 101)
        #expect(refuses([.noteMalformed]) { _ = try note(many) })
    }

    @Test(arguments: [
        "", "\n", "\n\n", "a", "a\n", "a\n\n", "a\n\n\n", "a\n— PeterNeumann x08gozzz\n",
        "a\n\n— PeterNeumann x08gozzz", "a\n\n— PeterNeumann x08g\n", "a\n\n— PeterNeumann \n",
        "a\n\n— x08gozzz\n", "a\n\n- PeterNeumann x08gozzz\n", "a\n\n—PeterNeumann x08gozzz\n",
        "a\n\n— PeterNeumann x08gozzz \n", "a\n\n— Peter Neumann x08gozzz\n", "a\n\n— Peter+Neumann x08gozzz\n",
        "a\n\n—  x08gozzz\n", "a\n\n— Peter\u{a0}Neumann x08gozzz\n", "a\n\n— PeterNeumann x08gozz\n",
        "a\n\n— PeterNeumann x08gozz=\n", "a\n\n— PeterNeumann x08g_zzz\n", "a\n\n— PeterNeumann x08gozzz\n\n",
        "a\n\n— PeterNeumann x08gozzz\nb\n", "a\r\n\r\n— PeterNeumann x08gozzz\r\n",
        "a\u{0}\n\n— PeterNeumann x08gozzz\n",
        "a\tb\n\n— PeterNeumann x08gozzz\n",
    ])
    func whatIsNoNoteIsRefused(text: String) {
        #expect(refuses([.noteMalformed]) { _ = try note(text) })
    }

    @Test func bytesThatAreNoUTF8AndLongNotesAreRefused() throws {
        let tail = Array(("\n\n" + NoteVectors.peterLine).utf8)
        _ = try SignedNote(parsing: [0x61] + tail)
        for bytes in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]] as [[UInt8]] {
            #expect(refuses([.noteMalformed]) { _ = try SignedNote(parsing: bytes + tail) })
        }
        let long = [UInt8](repeating: 0x61, count: SignedNote.maximumBytes) + tail
        #expect(refuses([.noteMalformed]) { _ = try SignedNote(parsing: long) })
        for text in ["", "a", "a\r\n", "a\u{1b}[0m\n"] {
            #expect(refuses([.noteMalformed]) { _ = try SignedNote(text: text) })
        }
    }

    @Test func whatIsNoVerifierKeyIsRefused() throws {
        let bad = [
            "", "PeterNeumann", "PeterNeumann+c74f20a3", NoteVectors.peterKey + "=", NoteVectors.peterKey + "\n",
            NoteVectors.peterKey.replacing("c74f20a3", with: "c74f20a4"),
            NoteVectors.peterKey.replacing("c74f20a3", with: "C74F20A3"),
            NoteVectors.peterKey.replacing("PeterNeumann", with: "PeterNeuman"),
            NoteVectors.peterKey.replacing("PeterNeumann", with: ""),
            NoteVectors.peterKey.replacing("+ARpc", with: "+BRpc"),
            NoteVectors.peterKey.replacing("+ARpc", with: "+"),
            "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        ]
        for text in bad { #expect(refuses([.noteMalformed]) { _ = try NoteVerifierKey(text) }, "\(text)") }
        for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{7}"] {
            #expect(refuses([.noteMalformed]) { _ = try NoteSigner(name: name, key: .generate()) })
        }
        // The neutral point: every signature would fit it.
        let neutral = [UInt8(1), 1] + [UInt8](repeating: 0, count: 31)
        #expect(refuses([.noteMalformed]) { _ = try NoteVerifierKey("a+00000000+\(StandardBase64.encode(neutral))") })
    }
}
