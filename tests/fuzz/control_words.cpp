// Prints the words of the control protocol as a libFuzzer dictionary, so that mutations know them
// and no second list of methods is kept.
#include "common/protocol/registry.hpp"

#include <cstdio>
#include <set>
#include <string>

int main() {
    std::set<std::string> words{"jsonrpc", "2.0",      "id",    "params", "meta",  "deadline_ms",
                                "dry_run", "idem_key", "token", "trace",  "hello", "protocol"};
    for (const vault::protocol::Method& method : vault::protocol::methods()) {
        words.emplace(method.name);
        for (const vault::protocol::Param& param : method.params) {
            words.emplace(param.name);
            std::string_view rest = param.allowed;
            while (!rest.empty()) {
                const auto bar = rest.find('|');
                words.emplace(rest.substr(0, bar));
                rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
            }
        }
    }
    for (const std::string& word : words)
        std::printf("\"%s\"\n\"\\\"%s\\\"\"\n", word.c_str(), word.c_str());
    return 0;
}
