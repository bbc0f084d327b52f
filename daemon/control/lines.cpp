#include "daemon/control/lines.hpp"

#include "common/protocol/codec.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace vault::control {

namespace json = boost::json;

namespace {

constexpr std::size_t kRoom = 256;  // of a reply but its data, as a rule

json::value sorted(const json::value& value) {
    if (const auto* array = value.if_array()) {
        json::array copy;
        for (const json::value& item : *array)
            copy.push_back(sorted(item));
        return copy;
    }
    const auto* object = value.if_object();
    if (object == nullptr) return value;
    std::vector<json::string_view> names;
    for (const auto& member : *object)
        names.push_back(member.key());
    std::ranges::sort(names);
    json::object copy;
    for (const json::string_view name : names)
        copy[name] = sorted(object->at(name));
    return copy;
}

}  // namespace

std::string reply_line(const json::value& id, const Answer& answer, protocol::Effect effect,
                       bool dry_run) {
    std::string line;
    line.reserve(answer.data_json.size() + kRoom);
    line += R"({"jsonrpc":"2.0","id":)";
    line += protocol::to_compact(id);
    line += R"(,"result":{"data":)";
    line += answer.data_json;
    line += R"(,"warnings":[)";
    for (const std::string& warning : answer.warnings) {
        if (line.back() != '[') line += ',';
        protocol::add_quoted(line, warning);
    }
    line += R"(],"effect":)";
    protocol::add_quoted(line, protocol::to_text(effect));
    line += answer.repeated ? R"(,"repeated":true)" : R"(,"repeated":false)";
    line += dry_run ? R"(,"dry_run":true)" : R"(,"dry_run":false)";
    line += "}}\n";
    return line;
}

Digest request_hash(const ports::Signer& signer, std::string_view method,
                    const json::object& params) {
    std::string text(method);
    text += '\n';
    text += protocol::to_compact(sorted(params));
    return signer.sign(text);
}

// A trail of long rows could not be read any more, and who is refused could fill the disk with
// them.
constexpr std::size_t kMostInTrail = 2048;

std::string params_for_trail(const protocol::Method& method, const json::object& params) {
    json::object kept = params;
    for (const protocol::Param& param : method.params)
        if (param.secret) kept.erase(param.name);
    std::string text = protocol::to_compact(kept);
    if (text.size() <= kMostInTrail) return text;
    const json::object cut{{"bytes", text.size()}, {"sha256", to_hex(sha256(text))}};
    return protocol::to_compact(cut);
}

}  // namespace vault::control
