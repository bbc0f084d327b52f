#include "daemon/config/alert_targets.hpp"

#include "common/base/excerpt.hpp"
#include "common/base/url.hpp"
#include "daemon/config/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace vault::config {
namespace {

constexpr std::array<std::string_view, 9> kFields{
    "name", "url", "mail", "command", "secret_file", "ca_file", "severity", "quiet", "users"};
constexpr std::array<std::string_view, 3> kWays{"url", "mail", "command"};
constexpr std::array<std::string_view, 3> kSeverities{"info", "warning", "critical"};
constexpr std::size_t kMostTargets = 50;

// "22:30" since midnight.
std::optional<Duration> time_of_day(std::string_view text) {
    const auto number = [&](std::size_t at) {
        int value = -1;
        const char* const begin = text.data() + at;
        const auto [end, status] = std::from_chars(begin, begin + 2, value);
        return status == std::errc{} && end == begin + 2 ? value : -1;
    };
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const int hours = number(0), minutes = number(3);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    return std::chrono::hours{hours} + std::chrono::minutes{minutes};
}

bool is_name(std::string_view text) {
    constexpr std::string_view kOfNames = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    return !text.empty() && text.size() <= 32 &&
           text.find_first_not_of(kOfNames) == std::string_view::npos;
}

// As much as an address on a command line and in a header may be: no quotes, no comments.
bool is_address(std::string_view text) {
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    const std::size_t at = text.find('@');
    if (at == 0 || at >= text.size() - 1 || text.size() > 254) return false;
    const std::string_view local = text.substr(0, at), host = text.substr(at + 1);
    return local.find_first_not_of(std::string{kLetters} + "_+") == std::string_view::npos &&
           host.find_first_not_of(kLetters) == std::string_view::npos;
}

class ItemReader {
  public:
    ItemReader(const YamlNode& item, std::vector<YamlFault>& faults)
        : item_(item), faults_(faults) {}

    AlertTarget read() {
        AlertTarget target;
        for (std::size_t i = 0; i < item_.keys.size(); ++i)
            field(target, item_.keys[i], item_.key_places[i], item_.values[i]);
        if (target.name.empty() && !has("name")) missing("name", "a word such as ops");
        const auto ways = std::ranges::count_if(kWays, [&](auto way) { return has(way); });
        if (ways == 0) missing("url", "https://host/path (or give mail, or command)");
        if (ways > 1) fault("has more than one of url, mail and command: make a target for each");
        if (!has("url") && (has("secret_file") || has("ca_file")))
            fault("has a secret_file or ca_file, but no url that it could be for");
        return target;
    }

  private:
    bool has(std::string_view key) const {
        return std::ranges::find(item_.keys, key) != item_.keys.end();
    }
    void missing(std::string_view field, std::string_view example) {
        faults_.push_back(
            {item_.place,
             fmt::format("alerts.targets[].{} is missing, for example {}", field, example)});
    }
    void fault(std::string_view what) {
        faults_.push_back({item_.place, fmt::format("alerts.targets[] {}", what)});
    }
    void wrong(std::string_view key, const YamlNode& value, std::string_view what) {
        faults_.push_back({value.place, fmt::format("alerts.targets[].{}: '{}' {}", key,
                                                    excerpt(value.text, 60), what)});
    }

    void field(AlertTarget& target, const std::string& key, Place place, const YamlNode& value) {
        if (std::ranges::find(kFields, key) == kFields.end()) {
            faults_.push_back({place, unknown_key("alerts.targets[]." + key, key, kFields)});
            return;
        }
        if (key == "users") {
            target.users = words(key, value, "login name", "[alice, bob]");
            return;
        }
        if (key == "command") return command(target, value);
        if (value.kind != YamlNode::Kind::Scalar || value.text.empty())
            return wrong(key, value, "is not one value");
        if (key == "name") {
            target.name = value.text;
            if (!is_name(value.text)) wrong(key, value, "is not 1 to 32 of a-z, 0-9, - and _");
        } else if (key == "url") {
            target.url = value.text;
            // Never shown: its path may be a secret of the receiver's.
            if (const auto url = parse_url(value.text); !url)
                faults_.push_back(
                    {value.place, fmt::format("alerts.targets[].url {}; it looks like "
                                              "https://host/path",
                                              url.error().message())});
        } else if (key == "mail") {
            target.mail = value.text;
            if (!is_address(value.text)) wrong(key, value, "is no address such as ops@example.org");
        } else if (key == "secret_file") {
            target.secret_file = value.text;
        } else if (key == "ca_file") {
            target.ca_file = value.text;
        } else if (key == "severity") {
            target.severity = value.text;
            if (std::ranges::find(kSeverities, value.text) == kSeverities.end())
                wrong(key, value, "is none of info, warning, critical");
        } else {
            quiet(target, value);
        }
    }

    void quiet(AlertTarget& target, const YamlNode& value) {
        const std::string_view text = value.text;
        const auto from =
            text.size() == 11 && text[5] == '-' ? time_of_day(text.substr(0, 5)) : std::nullopt;
        const auto to = from ? time_of_day(text.substr(6)) : std::nullopt;
        if (!to || *from == *to)
            return wrong("quiet", value, "is no window of the day in UTC such as 22:00-06:30");
        target.quiet_from = *from;
        target.quiet_to = *to;
    }

    void command(AlertTarget& target, const YamlNode& value) {
        target.command = words("command", value, "word", "[/usr/local/bin/tell, ops]");
        if (target.command.empty() || target.command.front().starts_with('/')) return;
        faults_.push_back({value.place, fmt::format("alerts.targets[].command: '{}' is no absolute "
                                                    "path",
                                                    excerpt(target.command.front(), 60))});
    }

    std::vector<std::string> words(std::string_view key, const YamlNode& value, std::string_view of,
                                   std::string_view example) {
        std::vector<std::string> out;
        if (value.kind != YamlNode::Kind::List || value.values.empty())
            wrong(key, value, fmt::format("is no list of {}s such as {}", of, example));
        for (const YamlNode& word : value.values) {
            if (word.kind != YamlNode::Kind::Scalar || word.text.empty())
                wrong(key, word, fmt::format("is no {}", of));
            else
                out.push_back(word.text);
        }
        return out;
    }

    const YamlNode& item_;
    std::vector<YamlFault>& faults_;
};

}  // namespace

std::vector<AlertTarget> read_targets(const YamlNode& node, std::vector<YamlFault>& faults) {
    std::vector<AlertTarget> targets;
    if (node.kind == YamlNode::Kind::Empty) return targets;
    if (node.kind != YamlNode::Kind::List) {
        faults.push_back({node.place, "alerts.targets must be a list"});
        return targets;
    }
    if (node.values.size() > kMostTargets)
        faults.push_back({node.place, fmt::format("alerts.targets: at most {}", kMostTargets)});
    for (const YamlNode& item : node.values) {
        if (item.kind != YamlNode::Kind::Map) {
            faults.push_back(
                {item.place,
                 "alerts.targets: an item looks like {name: ops, url: "
                 "\"https://host/path\", secret_file: ops.secret, severity: warning}"});
            continue;
        }
        AlertTarget target = ItemReader{item, faults}.read();
        const bool twice =
            std::ranges::find(targets, target.name, &AlertTarget::name) != targets.end();
        if (twice && !target.name.empty())
            faults.push_back(
                {item.place, fmt::format("alerts.targets: {} is listed twice", target.name)});
        targets.push_back(std::move(target));
    }
    return targets;
}

}  // namespace vault::config
