#include "cli/client/accounts.hpp"

#include <fstream>
#include <sstream>
#include <vector>

namespace vault::client {
namespace {

// The fields of the line whose third is `number`; none: empty.
std::vector<std::string> line_of(const char* file, const std::string& number) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream text(line);
        std::vector<std::string> fields;
        for (std::string field; std::getline(text, field, ':');)
            fields.push_back(field);
        if (fields.size() >= 3 && fields[2] == number) return fields;
    }
    return {};
}

std::string name_of(const char* file, const std::string& number) {
    const auto fields = line_of(file, number);
    return fields.empty() ? number : fields[0];
}

}  // namespace

std::string user_name(uid_t uid) {
    return name_of("/etc/passwd", std::to_string(uid));
}

std::string group_name(gid_t gid) {
    return name_of("/etc/group", std::to_string(gid));
}

bool group_lists(gid_t gid, const std::string& user) {
    const auto fields = line_of("/etc/group", std::to_string(gid));
    if (fields.size() < 4) return false;
    std::istringstream members(fields[3]);
    for (std::string member; std::getline(members, member, ',');)
        if (member == user) return true;
    return false;
}

}  // namespace vault::client
