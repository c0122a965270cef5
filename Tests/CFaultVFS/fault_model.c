// What is durable of one file. Linux's rules: sectors reach the disk in any order until a sync; sizes and names in theirs.

#include "fault_model.h"
#include "CFaultVFS.h"

#include <stdlib.h>
#include <string.h>

// SplitMix64.
uint64_t fault_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

// Tests cannot go on without memory.
static void *resize(void *old, size_t size) {
    void *new = realloc(old, size ? size : 1);
    if (new == NULL) abort();
    return new;
}

static void image_resize(struct fault_image *image, size_t size) {
    image->bytes = resize(image->bytes, size);
    if (size > image->size) memset(image->bytes + image->size, 0, size - image->size);
    image->size = size;
}

static void image_put(struct fault_image *image, size_t sector, const unsigned char *bytes) {
    if (image->size < (sector + 1) * FAULT_SECTOR) image_resize(image, (sector + 1) * FAULT_SECTOR);
    memcpy(image->bytes + sector * FAULT_SECTOR, bytes, FAULT_SECTOR);
}

static struct fault_image image_of_durable(const struct fault_file *file) {
    struct fault_image image = {NULL, 0, file->durable_exists};
    image_resize(&image, file->durable_size);
    if (file->durable_size > 0) memcpy(image.bytes, file->durable, file->durable_size);
    return image;
}

void fault_file_adopt(struct fault_file *file, unsigned char *bytes, size_t size, int exists) {
    for (size_t i = 0; i < file->sector_count; i++) free(file->sectors[i].versions);
    free(file->sectors);
    free(file->boundaries);
    free(file->growths);
    free(file->durable);
    file->sectors = NULL;
    file->boundaries = NULL;
    file->growths = NULL;
    file->sector_count = file->boundary_count = file->growth_count = 0;
    file->durable = bytes;
    file->durable_size = file->size = size;
    file->durable_exists = file->exists = exists;
}

void fault_file_free(struct fault_file *file) {
    fault_file_adopt(file, NULL, 0, 0);
    free(file->path);
    free(file);
}

void fault_file_wrote(struct fault_file *file, size_t number, const unsigned char bytes[FAULT_SECTOR]) {
    if (number >= file->sector_count) {
        size_t count = number + 64;
        file->sectors = resize(file->sectors, count * sizeof *file->sectors);
        memset(file->sectors + file->sector_count, 0, (count - file->sector_count) * sizeof *file->sectors);
        file->sector_count = count;
    }
    struct fault_sector *sector = &file->sectors[number];
    if (sector->count == sector->capacity) {
        sector->capacity = sector->capacity ? 2 * sector->capacity : 2;
        sector->versions = resize(sector->versions, sector->capacity * sizeof *sector->versions);
    }
    struct fault_version *version = &sector->versions[sector->count++];
    version->epoch = (unsigned)file->boundary_count;
    memcpy(version->bytes, bytes, FAULT_SECTOR);
    sector->is_dirty = 1;
}

void fault_file_grew(struct fault_file *file, size_t size) {
    if (size <= file->size) return;
    file->size = size;
    file->growths = resize(file->growths, (file->growth_count + 1) * sizeof *file->growths);
    file->growths[file->growth_count++] = (struct fault_growth){(unsigned)file->boundary_count, size};
}

void fault_file_bounded(struct fault_file *file, size_t size, int exists) {
    file->boundaries = resize(file->boundaries, (file->boundary_count + 1) * sizeof *file->boundaries);
    file->boundaries[file->boundary_count++] = (struct fault_boundary){size, exists};
    file->size = size;
    file->exists = exists;
    // What was cut off is never written back.
    for (size_t i = (size + FAULT_SECTOR - 1) / FAULT_SECTOR; i < file->sector_count; i++) file->sectors[i].is_dirty = 0;
}

// Whether a later cut took the version away.
static int is_cut(const struct fault_file *file, size_t sector, unsigned epoch) {
    for (size_t e = epoch; e < file->boundary_count; e++) {
        if (file->boundaries[e].size <= sector * FAULT_SECTOR) return 1;
    }
    return 0;
}

void fault_file_synced(struct fault_file *file) {
    struct fault_image image = image_of_durable(file);
    for (size_t e = 0; e < file->boundary_count; e++) {
        image_resize(&image, file->boundaries[e].size);
        image.exists = file->boundaries[e].exists;
    }
    for (size_t i = 0; i < file->sector_count; i++) {
        struct fault_sector *sector = &file->sectors[i];
        if (sector->is_dirty) {
            image_put(&image, i, sector->versions[sector->count - 1].bytes);
            sector->count = 0;
            sector->is_dirty = 0;
            continue;
        }
        // What a failed sync forgot stays in doubt, until it is written again or cut off.
        size_t kept = 0;
        for (size_t v = 0; v < sector->count; v++) {
            if (is_cut(file, i, sector->versions[v].epoch)) continue;
            sector->versions[kept] = sector->versions[v];
            sector->versions[kept++].epoch = 0;
        }
        sector->count = kept;
    }
    image_resize(&image, file->size);
    free(file->durable);
    file->durable = image.bytes;
    file->durable_size = file->size;
    file->durable_exists = file->exists;
    file->boundary_count = file->growth_count = 0;
}

void fault_file_named(struct fault_file *file) {
    // The boundaries up to the last change of name.
    size_t count = 0;
    int exists = file->durable_exists;
    for (size_t e = 0; e < file->boundary_count; e++) {
        if (file->boundaries[e].exists != exists) count = e + 1;
        exists = file->boundaries[e].exists;
    }
    if (count == 0) return;
    struct fault_image image = image_of_durable(file);
    for (size_t e = 0; e < count; e++) image_resize(&image, file->boundaries[e].size);
    free(file->durable);
    file->durable = image.bytes;
    file->durable_size = image.size;
    file->durable_exists = file->boundaries[count - 1].exists;
    for (size_t i = 0; i < file->sector_count; i++) {
        struct fault_sector *sector = &file->sectors[i];
        size_t kept = 0;
        for (size_t v = 0; v < sector->count; v++) {
            struct fault_version *version = &sector->versions[v];
            if (version->epoch < count && is_cut(file, i, version->epoch)) continue;
            sector->versions[kept] = *version;
            sector->versions[kept++].epoch = version->epoch < count ? 0 : version->epoch - (unsigned)count;
        }
        sector->count = kept;
    }
    size_t growths = 0;
    for (size_t g = 0; g < file->growth_count; g++) {
        if (file->growths[g].epoch < count) continue;
        file->growths[growths] = file->growths[g];
        file->growths[growths++].epoch -= (unsigned)count;
    }
    file->growth_count = growths;
    file->boundary_count -= count;
    memmove(file->boundaries, file->boundaries + count, file->boundary_count * sizeof *file->boundaries);
}

void fault_file_sync_failed(struct fault_file *file, uint64_t *random) {
    uint64_t mode = fault_random(random) % 3;
    for (size_t i = 0; i < file->sector_count; i++) {
        struct fault_sector *sector = &file->sectors[i];
        if (!sector->is_dirty) continue;
        // Cut and grown files keep their doubts until a sync succeeds.
        int is_written = file->boundary_count == 0 && (i + 1) * FAULT_SECTOR <= file->durable_size
            && (mode == 1 || (mode == 2 && fault_random(random) % 2));
        if (is_written) {
            memcpy(file->durable + i * FAULT_SECTOR, sector->versions[sector->count - 1].bytes, FAULT_SECTOR);
            sector->count = 0;
        }
        sector->is_dirty = 0;
    }
}

size_t fault_file_unsynced(const struct fault_file *file) {
    size_t count = 0;
    for (size_t i = 0; i < file->sector_count; i++) {
        if (file->sectors[i].count > 0) count += FAULT_SECTOR;
    }
    return count;
}

// The index of the version that is found, count of eligible ones included; -1 for the durable content.
static long choose(size_t eligible, int loss, uint64_t style, uint64_t *random) {
    if (eligible == 0 || loss == FAULT_LOSE_ALL) return -1;
    if (loss == FAULT_KEEP_ALL) return (long)eligible - 1;
    // Some failures lose nearly everything, some nearly nothing, some are even.
    uint64_t dice = fault_random(random) % 16;
    if (style == 1 && dice != 0) return -1;
    if (style == 2 && dice != 0) return (long)eligible - 1;
    return (long)(fault_random(random) % (eligible + 1)) - 1;
}

struct fault_image fault_file_image(const struct fault_file *file, int loss, uint64_t *random) {
    struct fault_image image = image_of_durable(file);
    uint64_t style = fault_random(random) % 3;
    size_t last = loss == FAULT_LOSE_ALL ? 0 : file->boundary_count;
    if (loss == FAULT_TEAR) last = fault_random(random) % (file->boundary_count + 1);
    const struct fault_version **chosen = resize(NULL, file->sector_count * sizeof *chosen);
    for (size_t i = 0; i < file->sector_count; i++) {
        const struct fault_sector *sector = &file->sectors[i];
        size_t eligible = 0;
        while (eligible < sector->count && sector->versions[eligible].epoch <= last) eligible++;
        long index = choose(eligible, loss, style, random);
        chosen[i] = index < 0 ? NULL : &sector->versions[index];
    }
    for (size_t e = 0; e <= last; e++) {
        size_t size = image.size;
        for (size_t i = 0; i < file->sector_count; i++) {
            if (chosen[i] != NULL && chosen[i]->epoch == e) image_put(&image, i, chosen[i]->bytes);
        }
        if (e < last) {
            image_resize(&image, file->boundaries[e].size);
            image.exists = file->boundaries[e].exists;
            continue;
        }
        // The size is one that the file had in this epoch.
        size_t count = 0;
        for (size_t g = 0; g < file->growth_count; g++) count += file->growths[g].epoch == e;
        long index = choose(count, loss, style, random);
        for (size_t g = 0; g < file->growth_count && index >= 0; g++) {
            if (file->growths[g].epoch == e && index-- == 0) size = file->growths[g].size;
        }
        image_resize(&image, size);
    }
    free(chosen);
    return image;
}
