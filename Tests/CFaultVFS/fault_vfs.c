// The VFS: forwards everything to the default one, and tells the model of the files on registered disks.
//
// Locks and shared memory are the real ones. Syncs of registered files are not done: the model knows what they would have
// made durable.

#include "fault_vfs.h"
#include "fault_disk.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct vfs_file {
    sqlite3_file base;
    struct fault_disk *disk;
    struct fault_file *file;
    unsigned generation;
    // As SQLite's own VFS, the first sync of a journal or log syncs the directory too.
    int syncs_directory;
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs fault_vfs;

static sqlite3_file *real_of(sqlite3_file *file) { return (sqlite3_file *)((struct vfs_file *)file + 1); }

// Begins an operation: locks the disk and returns how it fails.
static int begin(struct vfs_file *file, unsigned operation) {
    pthread_mutex_lock(&file->disk->mutex);
    if (operation & (FAULT_WRITE | FAULT_SYNC)) fault_disk_pass(file->disk);
    int kind = fault_disk_step(file->disk, operation);
    return file->generation != file->disk->generation ? FAULT_POWER : kind;
}

static int end(struct vfs_file *file, int code) {
    pthread_mutex_unlock(&file->disk->mutex);
    return code;
}

static int on_close(sqlite3_file *base) {
    struct vfs_file *file = (struct vfs_file *)base;
    int code = real_of(base)->pMethods->xClose(real_of(base));
    pthread_mutex_lock(&file->disk->mutex);
    file->disk->open_files--;
    pthread_mutex_unlock(&file->disk->mutex);
    return code;
}

static int on_read(sqlite3_file *base, void *buffer, int count, sqlite3_int64 offset) {
    struct vfs_file *file = (struct vfs_file *)base;
    int kind = begin(file, FAULT_READ);
    end(file, SQLITE_OK);
    if (kind == FAULT_EIO || kind == FAULT_POWER) return SQLITE_IOERR_READ;
    return real_of(base)->pMethods->xRead(real_of(base), buffer, count, offset);
}

// Writes, and shows the model the sectors as they are now.
static int write_through(struct vfs_file *file, const void *buffer, int count, sqlite3_int64 offset) {
    sqlite3_file *real = real_of(&file->base);
    int code = real->pMethods->xWrite(real, buffer, count, offset);
    if (code != SQLITE_OK || count == 0) return code;
    for (sqlite3_int64 i = offset / FAULT_SECTOR; i <= (offset + count - 1) / FAULT_SECTOR; i++) {
        unsigned char sector[FAULT_SECTOR];
        int seen = real->pMethods->xRead(real, sector, FAULT_SECTOR, i * FAULT_SECTOR);
        if (seen != SQLITE_OK && seen != SQLITE_IOERR_SHORT_READ) return seen;
        fault_file_wrote(file->file, (size_t)i, sector);
    }
    fault_file_grew(file->file, (size_t)(offset + count));
    return SQLITE_OK;
}

static int on_write(sqlite3_file *base, const void *buffer, int count, sqlite3_int64 offset) {
    struct vfs_file *file = (struct vfs_file *)base;
    switch (begin(file, FAULT_WRITE)) {
    case -1: return end(file, write_through(file, buffer, count, offset));
    case FAULT_ENOSPC: return end(file, SQLITE_FULL);
    case FAULT_SHORT_WRITE: write_through(file, buffer, count / 2, offset); return end(file, SQLITE_FULL);
    default: return end(file, SQLITE_IOERR_WRITE);
    }
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct vfs_file *file = (struct vfs_file *)base;
    int kind = begin(file, FAULT_TRUNCATE);
    if (kind == FAULT_ENOSPC || kind == FAULT_SHORT_WRITE) return end(file, SQLITE_FULL);
    if (kind != -1) return end(file, SQLITE_IOERR_TRUNCATE);
    int code = real_of(base)->pMethods->xTruncate(real_of(base), size);
    if (code == SQLITE_OK) {
        if ((size_t)size < file->file->size) fault_file_bounded(file->file, (size_t)size, 1);
        else fault_file_grew(file->file, (size_t)size);
    }
    return end(file, code);
}

static int on_sync(sqlite3_file *base, int flags) {
    struct vfs_file *file = (struct vfs_file *)base;
    (void)flags;
    int kind = begin(file, FAULT_SYNC);
    if (kind == FAULT_EIO) fault_file_sync_failed(file->file, &file->disk->random);
    if (kind == FAULT_EIO || kind == FAULT_POWER) return end(file, SQLITE_IOERR_FSYNC);
    if (file->disk->lies) return end(file, SQLITE_OK);
    fault_file_synced(file->file);
    for (struct fault_file *f = file->disk->files; f != NULL && file->syncs_directory; f = f->next) fault_file_named(f);
    file->syncs_directory = 0;
    return end(file, SQLITE_OK);
}

static int on_size(sqlite3_file *base, sqlite3_int64 *size) {
    return real_of(base)->pMethods->xFileSize(real_of(base), size);
}
static int on_lock(sqlite3_file *base, int level) { return real_of(base)->pMethods->xLock(real_of(base), level); }
static int on_unlock(sqlite3_file *base, int level) { return real_of(base)->pMethods->xUnlock(real_of(base), level); }
static int on_check_lock(sqlite3_file *base, int *result) {
    return real_of(base)->pMethods->xCheckReservedLock(real_of(base), result);
}
static int on_control(sqlite3_file *base, int operation, void *argument) {
    // A hint could make the file larger behind the model's back.
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return real_of(base)->pMethods->xFileControl(real_of(base), operation, argument);
}
static int on_sector_size(sqlite3_file *base) { return real_of(base)->pMethods->xSectorSize(real_of(base)); }
static int on_characteristics(sqlite3_file *base) {
    return real_of(base)->pMethods->xDeviceCharacteristics(real_of(base));
}
static int on_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory) {
    return real_of(base)->pMethods->xShmMap(real_of(base), region, size, extend, memory);
}
static int on_shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    return real_of(base)->pMethods->xShmLock(real_of(base), offset, count, flags);
}
static void on_shm_barrier(sqlite3_file *base) { real_of(base)->pMethods->xShmBarrier(real_of(base)); }
static int on_shm_unmap(sqlite3_file *base, int deletes) {
    return real_of(base)->pMethods->xShmUnmap(real_of(base), deletes);
}

// Version 2: no memory mapping, which would write past this module.
static const sqlite3_io_methods methods = {
    2, on_close, on_read, on_write, on_truncate, on_sync, on_size, on_lock, on_unlock, on_check_lock, on_control,
    on_sector_size, on_characteristics, on_shm_map, on_shm_lock, on_shm_barrier, on_shm_unmap, NULL, NULL,
};

// A file that the model does not know yet: what lies there is durable.
static struct fault_file *introduce(struct fault_disk *disk, const char *name, sqlite3_file *real, int existed) {
    struct fault_file *file = fault_disk_file(disk, name);
    if (file != NULL) {
        if (!file->exists) fault_file_bounded(file, 0, 1);
        return file;
    }
    file = fault_disk_add(disk, name);
    sqlite3_int64 size = 0;
    if (real->pMethods->xFileSize(real, &size) != SQLITE_OK) size = 0;
    unsigned char *bytes = malloc(size > 0 ? (size_t)size : 1);
    if (bytes == NULL) abort();
    if (size > 0 && real->pMethods->xRead(real, bytes, (int)size, 0) != SQLITE_OK) abort();
    fault_file_adopt(file, bytes, (size_t)size, existed);
    if (!existed) fault_file_bounded(file, 0, 1);
    return file;
}

static int open_on(struct fault_disk *disk, const char *name, struct vfs_file *file, int flags, int *out) {
    int kind = fault_disk_step(disk, FAULT_OPEN);
    if (kind == FAULT_ENOSPC || kind == FAULT_SHORT_WRITE) return SQLITE_FULL;
    if (kind == FAULT_READ_ONLY) {
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    } else if (kind != -1) {
        return SQLITE_CANTOPEN;
    }
    int existed = 0;
    real_vfs->xAccess(real_vfs, name, SQLITE_ACCESS_EXISTS, &existed);
    int code = real_vfs->xOpen(real_vfs, name, real_of(&file->base), flags, out);
    if (code != SQLITE_OK) return code;
    file->disk = disk;
    file->generation = disk->generation;
    file->syncs_directory = (flags & SQLITE_OPEN_CREATE) && !(flags & SQLITE_OPEN_MAIN_DB);
    file->file = introduce(disk, name, real_of(&file->base), existed);
    file->base.pMethods = &methods;
    disk->open_files++;
    return SQLITE_OK;
}

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out) {
    (void)vfs;
    int is_modelled = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL);
    struct fault_disk *disk = is_modelled && name != NULL ? fault_disk_of(name) : NULL;
    // Files elsewhere have the real methods: nothing of this module is on their way.
    if (disk == NULL) return real_vfs->xOpen(real_vfs, name, base, flags, out);
    memset(base, 0, sizeof(struct vfs_file));
    pthread_mutex_lock(&disk->mutex);
    int code = open_on(disk, name, (struct vfs_file *)base, flags, out);
    pthread_mutex_unlock(&disk->mutex);
    return code;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int syncs_directory) {
    (void)vfs;
    struct fault_disk *disk = fault_disk_of(name);
    if (disk == NULL) return real_vfs->xDelete(real_vfs, name, syncs_directory);
    pthread_mutex_lock(&disk->mutex);
    int code = SQLITE_IOERR_DELETE;
    if (fault_disk_step(disk, FAULT_DELETE) == -1) {
        code = real_vfs->xDelete(real_vfs, name, 0);
        struct fault_file *file = fault_disk_file(disk, name);
        if (code == SQLITE_OK && file != NULL) {
            fault_file_bounded(file, 0, 0);
            if (syncs_directory && !disk->lies) fault_file_synced(file);
        }
    }
    pthread_mutex_unlock(&disk->mutex);
    return code;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs;
    return real_vfs->xAccess(real_vfs, name, flags, result);
}

static int on_full_path(sqlite3_vfs *vfs, const char *name, int count, char *buffer) {
    (void)vfs;
    return real_vfs->xFullPathname(real_vfs, name, count, buffer);
}

static void make_vfs(void) {
    real_vfs = sqlite3_vfs_find(NULL);
    if (real_vfs == NULL) return;
    fault_vfs = *real_vfs;
    fault_vfs.pNext = NULL;
    fault_vfs.zName = "fault";
    fault_vfs.szOsFile = (int)sizeof(struct vfs_file) + real_vfs->szOsFile;
    fault_vfs.xOpen = on_open;
    fault_vfs.xDelete = on_delete;
    fault_vfs.xAccess = on_access;
    fault_vfs.xFullPathname = on_full_path;
    if (sqlite3_vfs_register(&fault_vfs, 1) != SQLITE_OK) real_vfs = NULL;
}

int fault_vfs_register(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_vfs);
    return real_vfs != NULL;
}
