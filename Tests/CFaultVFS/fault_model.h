// What is durable of one file, and what it may be after a power failure.
#ifndef FAULT_MODEL_H
#define FAULT_MODEL_H

#include <stddef.h>
#include <stdint.h>

#define FAULT_SECTOR 512

// The content of a sector after one write.
struct fault_version {
    unsigned epoch;
    unsigned char bytes[FAULT_SECTOR];
};

// A sector's contents since it was last durable, oldest first.
struct fault_sector {
    struct fault_version *versions;
    size_t count, capacity;
    // Written since the last sync, failed ones included: only such a sector becomes durable by the next one.
    int is_dirty;
};

// A change of the file's size downwards, or of its being there. Such changes become durable in their order, and the
// epochs between them too; within an epoch, sectors become durable in any order.
struct fault_boundary {
    size_t size;
    int exists;
};

// The file grew to this size in this epoch.
struct fault_growth {
    unsigned epoch;
    size_t size;
};

struct fault_file {
    char *path;
    unsigned char *durable;
    size_t durable_size;
    int durable_exists;
    size_t size;
    int exists;
    struct fault_sector *sectors;
    size_t sector_count;
    struct fault_boundary *boundaries;
    size_t boundary_count;
    struct fault_growth *growths;
    size_t growth_count;
    struct fault_file *next;
};

// A state that a power failure may leave. `bytes` belongs to the caller.
struct fault_image {
    unsigned char *bytes;
    size_t size;
    int exists;
};

uint64_t fault_random(uint64_t *state);

// Takes over `bytes` as what is durable.
void fault_file_adopt(struct fault_file *file, unsigned char *bytes, size_t size, int exists);
void fault_file_free(struct fault_file *file);
// The sector has this content now.
void fault_file_wrote(struct fault_file *file, size_t sector, const unsigned char bytes[FAULT_SECTOR]);
// A write ended here.
void fault_file_grew(struct fault_file *file, size_t size);
// The file was cut, made or removed.
void fault_file_bounded(struct fault_file *file, size_t size, int exists);
// Everything that is dirty is durable.
void fault_file_synced(struct fault_file *file);
// The directory was synced: the file's being there or not is durable, its content is not.
void fault_file_named(struct fault_file *file);
// Some of what is dirty is durable, and nothing is dirty any more.
void fault_file_sync_failed(struct fault_file *file, uint64_t *random);
size_t fault_file_unsynced(const struct fault_file *file);
struct fault_image fault_file_image(const struct fault_file *file, int loss, uint64_t *random);

#endif
