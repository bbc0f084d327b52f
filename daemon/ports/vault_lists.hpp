#pragma once
// The questions that are about many vaults, and which of them. Values; errors are the engine's.
#include "common/domain/ids.hpp"

#include <optional>
#include <string>

namespace vault::ports::cmd {

// Which vaults a list is about; every set field narrows. A user or an account that is not there is
// an error.
struct VaultChoice {
    std::optional<VaultId> vault = {};
    std::optional<AccountId> account = {};
    std::string user = {};  // empty: of all
};
struct ListVaults {
    VaultChoice of = {};
};
struct ListMarks {  // the same vaults as reports need them
    VaultChoice of = {};
};

}  // namespace vault::ports::cmd
