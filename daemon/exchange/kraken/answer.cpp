#include "daemon/exchange/kraken/answer.hpp"

#include "daemon/exchange/kraken/json.hpp"

namespace vault::exchange::kraken {

Result<Envelope> read_envelope(std::string_view body) {
    const std::size_t begin = body.find_first_not_of(" \t\r\n");
    if (begin != std::string_view::npos && body[begin] == '<')
        return Error{Errc::NotReady,
                     "Kraken was not reached behind its front: a page instead of an answer",
                     "exchange", "it is asked again after a while"};
    VAULT_TRY(const std::vector<Member> members, members_of(body));
    VAULT_TRY(const std::string_view list, member_of(members, "error"));
    VAULT_TRY(const auto texts, items_of(list));
    Envelope out;
    for (const std::string_view each : texts) {
        VAULT_TRY(std::string text, string_of(each));
        auto& kept = text.starts_with('W') ? out.warnings : out.errors;
        kept.push_back(std::move(text));
    }
    const Member* const result = find_member(members, "result");
    if (result != nullptr && !is_null(result->value)) out.result = result->value;
    if (out.errors.empty() && !out.result)
        return odd_answer("it has neither an error nor a result");
    return out;
}

}  // namespace vault::exchange::kraken
