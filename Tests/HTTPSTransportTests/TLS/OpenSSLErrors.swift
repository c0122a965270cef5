// Makes the mess that other users of libcrypto on the same thread may leave behind.

import COpenSSL

func leaveErrorInQueue() {
    let garbage: [UInt8] = [1, 2, 3]
    garbage.withUnsafeBufferPointer { bytes in
        var position = bytes.baseAddress
        _ = d2i_X509(nil, &position, bytes.count)
    }
}
