#pragma once
// The per-user permission list (design/domain.md, Roles): it narrows what a role may do. A set of
// five words, kept as bits; text is the words in the order of the enum, with commas between them.
// Values; any thread.
#include "common/base/result.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace vault {

// Live: without it only vaults in mode paper may be acted on.
enum class Permission : std::uint8_t { Trade, Allocate, Keys, Reports, Live };
inline constexpr std::array<Permission, 5> kPermissions{Permission::Trade, Permission::Allocate,
                                                        Permission::Keys, Permission::Reports,
                                                        Permission::Live};

class PermissionSet {
  public:
    constexpr PermissionSet() = default;  // none
    constexpr PermissionSet(std::initializer_list<Permission> permissions) {
        for (const Permission permission : permissions)
            add(permission);
    }
    static constexpr PermissionSet all() {
        PermissionSet set;
        for (const Permission permission : kPermissions)
            set.add(permission);
        return set;
    }

    constexpr bool has(Permission permission) const { return (bits_ & bit(permission)) != 0; }
    constexpr void add(Permission permission) {
        bits_ = static_cast<std::uint8_t>(bits_ | bit(permission));
    }
    constexpr void remove(Permission permission) {
        bits_ = static_cast<std::uint8_t>(bits_ & ~bit(permission));
    }
    constexpr bool empty() const { return bits_ == 0; }

    friend constexpr bool operator==(PermissionSet, PermissionSet) = default;

  private:
    static constexpr std::uint8_t bit(Permission permission) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(permission));
    }
    std::uint8_t bits_ = 0;
};

std::string_view to_text(Permission permission);
// "trade,keys"; empty for none.
std::string to_text(PermissionSet set);

// Errors: InvalidParams with the accepted words in the hint. A word may stand twice.
Result<Permission> parse_permission(std::string_view text);
Result<PermissionSet> parse_permissions(std::string_view text);

}  // namespace vault
