#include "tests/emulator/kraken/rest/gateway.hpp"

#include "tests/emulator/kraken/wire/json_writer.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

constexpr std::string_view kPublic = "/0/public/";
constexpr std::string_view kPrivate = "/0/private/";

const Endpoint* find(std::span<const Endpoint> table, std::string_view name) {
    const auto at = std::find_if(table.begin(), table.end(),
                                 [&](const Endpoint& each) { return each.name == name; });
    return at == table.end() ? nullptr : &*at;
}

Answer<Params> body_of(const Request& request) {
    if (request.content_type.starts_with("application/json"))
        return Params::from_json(request.body);
    return Params::from_form(request.body);
}

}  // namespace

Answer<Gateway::Admitted> Gateway::admit_private(const Request& request, std::string_view name,
                                                 std::string& key_name) {
    if (request.method != "POST") return Refusal{refused::kUnknownMethod};
    BOOST_OUTCOME_TRY(Params params, body_of(request));
    BOOST_OUTCOME_TRY(ApiKey * key, keys_.admit(request, params, exchange_.now()));
    key_name = key->name;
    const Endpoint* endpoint = find(account_endpoints(), name);
    if (endpoint == nullptr) endpoint = find(trading_endpoints(), name);
    if (endpoint == nullptr) return Refusal{refused::kUnknownMethod};
    const PermissionSet& wanted = endpoint->permissions;
    if (!wanted.empty() && !key->permissions.has_any_of(wanted))
        return Refusal{refused::kPermissionDenied};
    const Tier tier = exchange_.account(key->account).tier();
    BOOST_OUTCOME_TRYV(KeyDesk::charge(*key, endpoint->points, tier, exchange_.now()));
    return Admitted{endpoint, std::move(params), exchange_.clock(), key};
}

Answer<Gateway::Admitted> Gateway::admit(const Request& request, std::string& key) {
    const std::string_view path = request.path;
    if (path.starts_with(kPrivate))
        return admit_private(request, path.substr(kPrivate.size()), key);
    if (!path.starts_with(kPublic)) return Refusal{refused::kUnknownMethod};
    const Endpoint* endpoint = find(public_endpoints(), path.substr(kPublic.size()));
    if (endpoint == nullptr) return Refusal{refused::kUnknownMethod};
    // Public methods take a POST as well, with their parameters in the body.
    BOOST_OUTCOME_TRY(Params params, request.method == "POST" ? body_of(request)
                                                              : Params::from_form(request.query));
    return Admitted{endpoint, std::move(params), exchange_.clock()};
}

Answer<std::string> Gateway::perform(const Admitted& admitted) {
    return admitted.endpoint->handler(
        {exchange_, tokens_, admitted.params, admitted.arrived, admitted.key});
}

Reply Gateway::reply_of(const Answer<std::string>& answer) {
    JsonWriter json;
    json.begin_object().key("error").begin_array();
    if (!answer) json.text(answer.error().text);
    json.end_array();
    if (answer) json.raw_member("result", answer.value());
    return {.body = json.end_object().take()};
}

}  // namespace vault::kraken_emulator
