// Disks: registered by directory, told how to fail, and crashed.

#include "fault_disk.h"
#include "fault_vfs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static struct fault_disk *disks;
static int last_number;

struct fault_disk *fault_disk_of(const char *path) {
    pthread_mutex_lock(&registry);
    struct fault_disk *disk = disks;
    while (disk != NULL
           && (strncmp(path, disk->directory, disk->directory_length) != 0 || path[disk->directory_length] != '/')) {
        disk = disk->next;
    }
    pthread_mutex_unlock(&registry);
    return disk;
}

struct fault_disk *fault_disk_numbered(int number) {
    pthread_mutex_lock(&registry);
    struct fault_disk *disk = disks;
    while (disk != NULL && disk->number != number) disk = disk->next;
    pthread_mutex_unlock(&registry);
    return disk;
}

int fault_disk_open(const char *directory) {
    char resolved[PATH_MAX];
    if (!fault_vfs_register() || realpath(directory, resolved) == NULL) return 0;
    struct fault_disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL) return 0;
    disk->directory = strdup(resolved);
    disk->directory_length = strlen(resolved);
    pthread_mutex_init(&disk->mutex, NULL);
    pthread_cond_init(&disk->changed, NULL);
    pthread_mutex_lock(&registry);
    disk->number = ++last_number;
    disk->random = (uint64_t)disk->number;
    disk->next = disks;
    disks = disk;
    pthread_mutex_unlock(&registry);
    return disk->number;
}

void fault_disk_close(int number) {
    pthread_mutex_lock(&registry);
    struct fault_disk **place = &disks;
    while (*place != NULL && (*place)->number != number) place = &(*place)->next;
    struct fault_disk *disk = *place;
    if (disk != NULL) *place = disk->next;
    pthread_mutex_unlock(&registry);
    // A database that is still open keeps what it uses.
    if (disk == NULL || disk->open_files > 0) return;
    while (disk->files != NULL) {
        struct fault_file *file = disk->files;
        disk->files = file->next;
        fault_file_free(file);
    }
    free(disk->directory);
    free(disk);
}

static struct fault_disk *locked(int number) {
    struct fault_disk *disk = fault_disk_numbered(number);
    if (disk != NULL) pthread_mutex_lock(&disk->mutex);
    return disk;
}

static void unlock(struct fault_disk *disk) {
    pthread_cond_broadcast(&disk->changed);
    pthread_mutex_unlock(&disk->mutex);
}

void fault_disk_fail(int number, unsigned mask, unsigned long after, unsigned long count, int kind) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return;
    disk->armed_mask = mask;
    disk->armed_after = after;
    disk->armed_count = count;
    disk->armed_for_ever = count == 0;
    disk->armed_kind = kind;
    disk->has_failed = 0;
    unlock(disk);
}

void fault_disk_heal(int number) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return;
    disk->armed_mask = 0;
    disk->is_held = 0;
    unlock(disk);
}

int fault_disk_has_failed(int number) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return 0;
    int has_failed = disk->has_failed;
    unlock(disk);
    return has_failed;
}

void fault_disk_lie(int number, int lies) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return;
    disk->lies = lies;
    unlock(disk);
}

void fault_disk_hold(int number) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return;
    disk->is_held = 1;
    unlock(disk);
}

void fault_disk_await(int number) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return;
    while (disk->waiting == 0) pthread_cond_wait(&disk->changed, &disk->mutex);
    unlock(disk);
}

void fault_disk_release(int number) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return;
    disk->is_held = 0;
    unlock(disk);
}

unsigned long fault_disk_count(int number, unsigned mask) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return 0;
    unsigned long count = 0;
    for (unsigned i = 0; i < FAULT_OPERATIONS; i++) count += mask & (1u << i) ? disk->counts[i] : 0;
    unlock(disk);
    return count;
}

unsigned long fault_disk_unsynced(int number) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return 0;
    unsigned long count = 0;
    for (struct fault_file *file = disk->files; file != NULL; file = file->next) count += fault_file_unsynced(file);
    unlock(disk);
    return count;
}

int fault_disk_step(struct fault_disk *disk, unsigned operation) {
    for (unsigned i = 0; i < FAULT_OPERATIONS; i++) disk->counts[i] += operation == (1u << i);
    if (disk->is_dead) return FAULT_POWER;
    if (!(disk->armed_mask & operation)) return -1;
    if (disk->armed_after > 0) {
        disk->armed_after--;
        return -1;
    }
    if (!disk->armed_for_ever && --disk->armed_count == 0) disk->armed_mask = 0;
    disk->has_failed = 1;
    if (disk->armed_kind == FAULT_POWER) disk->is_dead = 1;
    return disk->armed_kind;
}

void fault_disk_pass(struct fault_disk *disk) {
    while (disk->is_held) {
        disk->waiting++;
        pthread_cond_broadcast(&disk->changed);
        pthread_cond_wait(&disk->changed, &disk->mutex);
        disk->waiting--;
    }
}

struct fault_file *fault_disk_file(struct fault_disk *disk, const char *path) {
    struct fault_file *file = disk->files;
    while (file != NULL && strcmp(file->path, path) != 0) file = file->next;
    return file;
}

struct fault_file *fault_disk_add(struct fault_disk *disk, const char *path) {
    struct fault_file *file = calloc(1, sizeof *file);
    if (file == NULL) abort();
    file->path = strdup(path);
    file->next = disk->files;
    disk->files = file;
    return file;
}

static void store(struct fault_file *file, struct fault_image image) {
    if (!image.exists) {
        unlink(file->path);
    } else {
        FILE *stream = fopen(file->path, "wb");
        if (stream == NULL || fwrite(image.bytes, 1, image.size, stream) != image.size) abort();
        fclose(stream);
    }
    fault_file_adopt(file, image.bytes, image.exists ? image.size : 0, image.exists);
}

int fault_disk_crash(int number, int loss, uint64_t seed) {
    struct fault_disk *disk = locked(number);
    if (disk == NULL) return -1;
    disk->is_dead = 1;
    int open_files = disk->open_files;
    if (open_files == 0) {
        for (struct fault_file *file = disk->files; file != NULL; file = file->next) {
            // The order of the files must not matter to a seed.
            uint64_t random = seed;
            for (const char *c = file->path + disk->directory_length; *c != 0; c++) random = random * 31 + (unsigned char)*c;
            store(file, fault_file_image(file, loss, &random));
            char shared[PATH_MAX];
            snprintf(shared, sizeof shared, "%s-shm", file->path);
            unlink(shared);
        }
        disk->generation++;
        disk->is_dead = disk->armed_mask = disk->is_held = 0;
        disk->random = seed;
    }
    unlock(disk);
    return open_files;
}
