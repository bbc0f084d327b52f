#include "daemon/control/level_marks.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/marks.hpp"

namespace vault::control {

namespace {

// Reading back what this file wrote: a field that does not parse is our bug.
template <class T>
T sure(Result<T> result) {
    VAULT_CHECK(result.has_value(), "a level is not what level_to_json() wrote");
    return result.value();
}

std::string_view text_at(const json::object& object, std::string_view name) {
    return object.at(name).as_string();
}

risk::Level read_level_kind(std::string_view text) {
    for (const risk::Level level : {risk::Level::Sleeve, risk::Level::Vault, risk::Level::User})
        if (text == risk::to_text(level)) return level;
    return risk::Level::Daemon;
}

risk::Caps read_caps(const json::object& object) {
    risk::Caps caps;
    for (const auto& cap : object)
        VAULT_CHECK(risk::set_cap(caps, cap.key(), cap.value().as_string()).has_value(),
                    "the engine has a cap that is none");
    return caps;
}

// "v1.flash" is of the sleeve flash.
std::optional<SleeveKind> read_sleeve_kind(risk::Level level, std::string_view of) {
    if (level != risk::Level::Sleeve) return std::nullopt;
    return sure(parse_sleeve_kind(of.substr(of.find('.') + 1)));
}

}  // namespace

json::value level_to_json(const ports::LevelMarkView& view) {
    json::object caps;
    for (const auto& [key, text] : view.caps)
        caps[key] = text;
    std::vector<ports::VaultMarkView> marks;
    json::array traded, beside;
    for (const ports::LevelVaultView& vault : view.vaults) {
        marks.push_back(vault.mark);
        json::array pairs;
        for (const Pair& pair : vault.pairs)
            pairs.emplace_back(pair.text());
        traded.push_back(std::move(pairs));
        beside.push_back(vault.beside);
    }
    return json::object{{"level", view.level},          {"of", view.of},
                        {"asset", to_json(view.asset)}, {"resume", view.resume},
                        {"caps", std::move(caps)},      {"marks", marks_to_json(marks)},
                        {"pairs", std::move(traded)},   {"beside", std::move(beside)}};
}

report::LevelMark read_level(std::string_view text) {
    const json::value parsed = sure(protocol::parse_json(text, text.size()));
    const json::object& object = parsed.as_object();
    report::LevelMark level;
    level.level = read_level_kind(text_at(object, "level"));
    level.of = text_at(object, "of");
    level.sleeve = read_sleeve_kind(level.level, level.of);
    level.asset = sure(Asset::parse(text_at(object, "asset")));
    level.resume = text_at(object, "resume");
    level.caps = read_caps(object.at("caps").as_object());
    const std::vector<report::VaultMark> marks =
        read_marks(protocol::to_compact(object.at("marks")));
    for (std::size_t i = 0; i < marks.size(); ++i) {
        report::LevelVault vault{marks[i], {}, object.at("beside").at(i).as_bool()};
        for (const json::value& pair : object.at("pairs").at(i).as_array())
            vault.pairs.push_back(sure(Pair::parse(std::string_view(pair.as_string()))));
        level.vaults.push_back(std::move(vault));
    }
    return level;
}

}  // namespace vault::control
