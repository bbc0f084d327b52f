#pragma once
// A level of the risk caps at one instant of the engine, for a risk test: values.
#include "daemon/ports/views.hpp"

#include <map>

namespace vault::ports {

struct LevelVaultView {
    VaultMarkView mark;
    std::vector<Pair> pairs;  // that it trades
    // Not of the level: of the same user and mode as its sleeve, whose cap looks at its coins too.
    bool beside = false;
};

struct LevelMarkView {
    std::string level, of;                    // as in CapView
    Asset asset;                              // that its figures are in
    std::string resume;                       // the command that ends a latch
    std::map<std::string, std::string> caps;  // with what was proposed: key -> text, "off" too
    std::vector<LevelVaultView> vaults;
};

}  // namespace vault::ports
