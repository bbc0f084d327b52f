#include "tests/emulator/kraken/faults/aim.hpp"

namespace vault::kraken_emulator {

bool Aim::strikes(std::string_view name, Random& random) {
    const bool meant = at == "*" || name == at ||
                       (name.starts_with(at) && name.substr(at.size()).starts_with('/'));
    if (!meant || is_spent()) return false;
    if (skip > 0) {
        --skip;
        return false;
    }
    if (!random.chance_per_million(per_million)) return false;
    --times;
    return true;
}

}  // namespace vault::kraken_emulator
