#pragma once
// Names of the machine's users and groups, read from /etc/passwd and /etc/group: the C library's
// lookup needs shared libraries at run time, and this program is linked statically. Any thread;
// what is not listed there is shown by its number.
#include <string>
#include <sys/types.h>

namespace vault::client {

std::string user_name(uid_t uid);
std::string group_name(gid_t gid);
// Whether the group's line lists the user. Who was added since the last login has it there, but not
// yet among the groups of his processes.
bool group_lists(gid_t gid, const std::string& user);

}  // namespace vault::client
