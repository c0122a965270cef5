// A disk: the files of one directory, and what is wrong with it.
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include "CFaultVFS.h"
#include "fault_model.h"

#include <pthread.h>

#define FAULT_OPERATIONS 6

struct fault_disk {
    int number;
    char *directory;
    size_t directory_length;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct fault_file *files;
    int open_files;
    // Databases opened before the last power failure are dead for ever.
    unsigned generation;
    int is_dead;
    int lies;
    unsigned armed_mask;
    unsigned long armed_after, armed_count;
    int armed_kind, armed_for_ever;
    int has_failed;
    int is_held;
    int waiting;
    unsigned long counts[FAULT_OPERATIONS];
    uint64_t random;
    struct fault_disk *next;
};

// The disk that a path lies on, or NULL.
struct fault_disk *fault_disk_of(const char *path);
struct fault_disk *fault_disk_numbered(int number);

// Counts the operation, and says how it fails: a `fault_kind`, or -1 where it does not. With the mutex held.
int fault_disk_step(struct fault_disk *disk, unsigned operation);
// Waits while the gate is closed. With the mutex held.
void fault_disk_pass(struct fault_disk *disk);
// The model of a file, NULL where there is none. With the mutex held.
struct fault_file *fault_disk_file(struct fault_disk *disk, const char *path);
struct fault_file *fault_disk_add(struct fault_disk *disk, const char *path);

#endif
