#pragma once
// LevelMark: a level of the risk caps as the engine showed it at one instant: its caps, and the
// vaults that it is about. What a risk test begins with; the rest it reads. Values; cannot fail.
#include "daemon/report/vault_mark.hpp"
#include "daemon/risk/caps.hpp"

namespace vault::report {

struct LevelVault {
    VaultMark mark;
    std::vector<Pair> pairs;  // that it trades now
    // Not of the level: its owner's, so that its coins count for max_exposure_per_base of a sleeve.
    bool beside = false;
};

struct LevelMark {
    risk::Level level = risk::Level::Daemon;
    std::optional<SleeveKind> sleeve;  // of the only vault that is not beside
    std::string of;                    // "v1.flash", "v1", the user's name; the daemon: empty
    Asset asset;                       // that the figures are in
    std::string resume;                // the command that ends a latch, "vault resume v1"
    risk::Caps caps;                   // those in force, with what was proposed instead
    std::vector<LevelVault> vaults;
};

}  // namespace vault::report
