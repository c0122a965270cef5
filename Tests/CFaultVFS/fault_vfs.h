// The VFS itself.
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

// Registers it as the default, over the one that was it. Returns 0 where SQLite does not let it.
int fault_vfs_register(void);

#endif
