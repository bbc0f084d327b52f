#include "common/domain/permission.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

namespace vault {

std::string_view to_text(Permission permission) {
    switch (permission) {
        case Permission::Trade: return "trade";
        case Permission::Allocate: return "allocate";
        case Permission::Keys: return "keys";
        case Permission::Reports: return "reports";
        case Permission::Live: return "live";
    }
    return "";
}

std::string to_text(PermissionSet set) {
    std::string text;
    for (const Permission permission : kPermissions) {
        if (!set.has(permission)) continue;
        if (!text.empty()) text += ',';
        text += to_text(permission);
    }
    return text;
}

Result<Permission> parse_permission(std::string_view text) {
    for (const Permission permission : kPermissions)
        if (to_text(permission) == text) return permission;
    return Error{Errc::InvalidParams, fmt::format("'{}' is not a permission", excerpt(text, 40)),
                 "permissions", fmt::format("one of: {}", to_text(PermissionSet::all()))};
}

Result<PermissionSet> parse_permissions(std::string_view text) {
    PermissionSet set;
    if (text.empty()) return set;
    for (;;) {
        const std::size_t comma = text.find(',');
        VAULT_TRY(const Permission permission, parse_permission(text.substr(0, comma)));
        set.add(permission);
        if (comma == std::string_view::npos) return set;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace vault
