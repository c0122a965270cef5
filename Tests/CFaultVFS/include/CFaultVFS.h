// A SQLite VFS for tests: a disk that fails when it is told to, and that can lose its power.
//
// Directories are registered as disks. Databases below a disk, with their -wal and -journal, go through a model of what
// is durable; everything else goes straight to the VFS that was the default before. Disks are named by numbers, so that
// no pointer leaves this module. Every function may be called on any thread.
#ifndef CFAULTVFS_H
#define CFAULTVFS_H

#include <stdint.h>

// What a database does to its disk. Masks of these choose what fails.
enum fault_operation {
    FAULT_READ = 1,
    FAULT_WRITE = 2,
    FAULT_SYNC = 4,
    FAULT_TRUNCATE = 8,
    FAULT_OPEN = 16,
    FAULT_DELETE = 32,
    FAULT_ANY = 63
};

// How it fails.
enum fault_kind {
    // The operation's own SQLITE_IOERR_... (SQLITE_CANTOPEN for an open). A failed sync makes some of what was written
    // durable and forgets that the rest is not, as Linux does: the next sync succeeds without it.
    FAULT_EIO = 0,
    // SQLITE_FULL, with nothing written. Only writes, truncations and opens take it.
    FAULT_ENOSPC = 1,
    // As FAULT_ENOSPC, after the first half was written.
    FAULT_SHORT_WRITE = 2,
    // The file system became read-only: writes fail with SQLITE_IOERR_WRITE, opens give files that can only be read.
    FAULT_READ_ONLY = 3,
    // The power is gone: this and everything after it fails, and nothing reaches the disk, until `fault_disk_crash`.
    FAULT_POWER = 4
};

// What of the writes that were not synced is found after a power failure.
enum fault_loss {
    FAULT_LOSE_ALL = 0,
    FAULT_KEEP_ALL = 1,
    // Each sector of 512 bytes by itself is as it was at some moment since its last sync: lost, kept, torn, reordered.
    FAULT_TEAR = 2
};

// The number of the disk that `directory` now is, with what lies there durable; 0 where that is not possible.
int fault_disk_open(const char *directory);
// Forgets the disk. No database may be open on it.
void fault_disk_close(int disk);

// Lets `count` operations of `mask` fail, after the next `after` ones of them; a count of 0 means all. Replaces what was
// asked for before.
void fault_disk_fail(int disk, unsigned mask, unsigned long after, unsigned long count, int kind);
// Nothing fails any more, and the gate is open. Power does not come back by this.
void fault_disk_heal(int disk);
// Whether a fault was met since the last `fault_disk_fail`.
int fault_disk_has_failed(int disk);
// While `lies` is not 0, syncs report success and make nothing durable.
void fault_disk_lie(int disk, int lies);

// Closes the gate: writes and syncs wait there until `fault_disk_release`. Others go on.
void fault_disk_hold(int disk);
// Returns once somebody waits at the gate.
void fault_disk_await(int disk);
void fault_disk_release(int disk);

// Operations of `mask` so far, those that failed included.
unsigned long fault_disk_count(int disk, unsigned mask);
// Bytes that are written and not durable.
unsigned long fault_disk_unsynced(int disk);

// Turns the power off (where it is on), puts every file into a state that a power failure may leave, chosen by `seed`,
// and turns it on again. The -shm files are gone. Returns how many databases are still open, and does nothing then.
int fault_disk_crash(int disk, int loss, uint64_t seed);

#endif
