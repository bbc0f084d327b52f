#pragma once
// Files that only vaultd reads: key files. Reading refuses what is no regular file, what somebody
// else owns, what others can read and what has the wrong size; the bytes go into locked memory and
// nowhere else. Making one is atomic and synced, and never replaces what is there. Any thread.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

#include <string>

namespace vault::secrets {

struct PrivateFile {
    std::string path;
    std::string field;      // of errors: where the user names the path
    std::string what;       // "key file"
    std::string when_lost;  // what to do about a file that is cut off
    std::size_t least = 0;  // bytes
    std::size_t most = 0;
    // systemd gives a credential to the service by an access list: the file is root's, and the
    // list's mask shows as rights of the group. Such a file may be both.
    bool is_credential = false;
};

// Errors: NotFound (no such file), Io (cannot read), StoreInvalid (type, owner, mode, size).
Result<Secret> read_private(const PrivateFile& file);

// Mode 0600. Errors: Exists, Io.
Result<void> make_private(const PrivateFile& file, const Secret& bytes);

// Syncs the folder, so that the file's name survives a power cut as well.
bool sync_folder_of(const std::string& path);

// `file` takes the place of `at`, also through a power cut. Errors: Io.
Result<void> replace_private(const PrivateFile& file, const std::string& at);
// No matter if there is none. Errors: Io.
Result<void> remove_private(const PrivateFile& file);
// Gives the file another name, `path`.aside.1 or the next that is free. Errors: Io.
Result<void> set_aside(const PrivateFile& file);

}  // namespace vault::secrets
