#include "daemon/control/peer_name.hpp"

#include <fstream>
#include <string_view>

namespace vault::control {

std::optional<std::string> login_name(uid_t uid, const std::string& file) {
    std::ifstream lines{file};
    const std::string wanted = std::to_string(uid);
    for (std::string line; std::getline(lines, line);) {  // name:password:uid:…
        const std::size_t first = line.find(':');
        if (first == std::string::npos || first == 0) continue;
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::size_t third = line.find(':', second + 1);
        const std::string_view number =
            std::string_view{line}.substr(second + 1, third - second - 1);
        if (number == wanted) return line.substr(0, first);
    }
    return std::nullopt;
}

}  // namespace vault::control
