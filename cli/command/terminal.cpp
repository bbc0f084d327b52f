#include "cli/command/terminal.hpp"

#include <algorithm>
#include <cctype>

namespace vault::command {

bool speaks_utf8(const Terminal& terminal) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        std::string locale = terminal.variable(name);
        if (locale.empty()) continue;
        std::erase(locale, '-');
        std::ranges::transform(locale, locale.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return locale.find("utf8") != std::string::npos;
    }
    return false;
}

}  // namespace vault::command
