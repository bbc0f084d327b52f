#pragma once
// The parts of the method table, one per group of nouns; registry.cpp puts them together. Private
// to this room. The helpers keep a row to one or two lines. Constant data.
#include "common/protocol/registry.hpp"

#include <span>

namespace vault::protocol {

std::span<const Method> daemon_methods();  // top level, api, config, account
std::span<const Method> key_methods();
std::span<const Method> secret_methods();
std::span<const Method> backup_methods();
std::span<const Method> identity_methods();  // login to register, session, mfa, token, user
std::span<const Method> vault_methods();     // vault, sleeve, position
std::span<const Method> risk_methods();
std::span<const Method> preset_methods();
std::span<const Method> market_methods();  // market, replay, job
std::span<const Method> event_methods();   // events, sub
std::span<const Method> alert_methods();
std::span<const Method> audit_methods();
std::span<const Method> books_methods();  // ledger, decision, order, trade, sweep, report

constexpr Param word(std::string_view name, std::string_view doc,
                     ParamType type = ParamType::Text) {
    return {.name = name, .type = type, .doc = doc, .place = Place::Positional, .required = true};
}
constexpr Param flag(std::string_view name, std::string_view doc,
                     ParamType type = ParamType::Text) {
    return {.name = name, .type = type, .doc = doc, .place = Place::Flag};
}
constexpr Param maybe_word(std::string_view name, std::string_view doc,
                           ParamType type = ParamType::Text) {
    return {.name = name, .type = type, .doc = doc, .place = Place::Positional};
}

inline constexpr Param kVaultWord = word("vault", "the vault, such as v1");
inline constexpr Param kSleeveWord =
    word("sleeve", "which of the two sleeves", ParamType::Enum).among("quiet|flash");
inline constexpr Param kAccountWord = word("account", "the account, such as a1");
inline constexpr Param kApplyToOpenFlag =
    flag("apply_to_open", "open positions take the new exits too", ParamType::Bool);
inline constexpr Param kWhyFlag = flag("why", "the reason, kept with the event").may_be_blank();

}  // namespace vault::protocol
