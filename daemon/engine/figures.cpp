#include "daemon/engine/figures.hpp"

#include "daemon/ledger/canonical.hpp"

namespace vault::engine {

std::string figures_json(const std::vector<strategy::Figure>& figures) {
    std::string out = "{";
    for (const strategy::Figure& figure : figures) {
        if (out.size() > 1) out += ',';
        ledger::append_json_string(out, figure.name);
        out += ':';
        ledger::append_json_string(out, figure.value);
    }
    out += '}';
    return out;
}

}  // namespace vault::engine
