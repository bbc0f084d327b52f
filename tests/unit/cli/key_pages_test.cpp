// What people read of API keys, from documents as the daemon writes them.
#include "cli/render/render.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace vault::render {
namespace {

constexpr std::string_view kGood =
    R"({"id":"k1","account":"a1","user":"alice","exchange":"paper","label":"","key":"pape…lice",)"
    R"("state":"valid","state_since":"2026-01-05T07:00:00.000Z","why":"","check":{"at":)"
    R"("2026-01-05T07:00:00.000Z","signature_accepted":true,"rights":["query_funds","trade"],)"
    R"("ip_restricted":"no","expires_at":null,"message":""},"next_check_at":)"
    R"("2026-01-06T07:00:00.000Z","health":{"calls":1,"errors":0,"recent_errors":0,)"
    R"("auth_errors_in_row":0,"latency_ms":20,"last_success":"2026-01-05T07:00:00.000Z",)"
    R"("last_error":"","rate_left_pct":null},"replaced_by":null,"allow_withdrawal":null,)"
    R"("created_at":"2026-01-05T07:00:00.000Z","created_by":"alice"})";

constexpr std::string_view kBad =
    R"({"id":"k2","account":"a1","user":"alice","exchange":"paper","label":"spare","key":)"
    R"("pape…lice","state":"quarantined","state_since":"2026-01-05T07:00:00.000Z","why":)"
    R"("refused 3 times in a row, the last time with: invalid signature","check":{"at":)"
    R"("2026-01-05T07:00:00.000Z","signature_accepted":false,"rights":[],"ip_restricted":)"
    R"("unknown","expires_at":null,"message":"refused by the exchange: invalid signature"},)"
    R"("next_check_at":"2026-01-06T07:00:00.000Z","health":{"calls":5,"errors":3,)"
    R"("recent_errors":3,"auth_errors_in_row":3,"latency_ms":0,"last_success":null,"last_error":)"
    R"("invalid signature","rate_left_pct":80},"replaced_by":"k3","allow_withdrawal":"alice",)"
    R"("created_at":"2026-01-05T07:00:00.000Z","created_by":"alice"})";

std::string shown(std::string_view method, std::string_view text) {
    const json::value data = json::parse(text);
    return to_text({method, &data, true, {}}, {Format::Table, false});
}

TEST(KeyPages, AGoodKeyHasNoLineForWhatThereIsNot) {
    EXPECT_EQ(shown("key.add", kGood),
              "id              k1\n"
              "key             pape…lice\n"
              "account         a1 (paper) of alice\n"
              "state           valid since 2026-01-05T07:00:00.000Z\n"
              "rights          can query funds, can trade, cannot withdraw\n"
              "address         from anywhere; bind the key to this host's at the exchange\n"
              "validated at    2026-01-05T07:00:00.000Z\n"
              "validated next  2026-01-06T07:00:00.000Z\n"
              "calls           1, 0 failed; 0 of the last 32\n"
              "latency         20 ms\n"
              "last success    2026-01-05T07:00:00.000Z\n"
              "added           2026-01-05T07:00:00.000Z by alice\n");
}

TEST(KeyPages, ABadKeyTellsWhatIsWrong) {
    EXPECT_EQ(shown("key.validate", kBad),
              "id              k2\n"
              "key             pape…lice\n"
              "account         a1 (paper) of alice\n"
              "label           spare\n"
              "state           quarantined since 2026-01-05T07:00:00.000Z\n"
              "because         refused 3 times in a row, the last time with: invalid signature\n"
              "rights          none: the exchange refuses the signature\n"
              "address         the exchange does not tell\n"
              "remark          refused by the exchange: invalid signature\n"
              "validated at    2026-01-05T07:00:00.000Z\n"
              "validated next  2026-01-06T07:00:00.000Z\n"
              "calls           5, 3 failed; 3 of the last 32\n"
              "refused         3 in a row\n"
              "last error      invalid signature\n"
              "calls left      80 %\n"
              "withdrawal      allowed by alice\n"
              "replaced by     k3\n"
              "added           2026-01-05T07:00:00.000Z by alice\n");
}

TEST(KeyPages, APolicyTellsWhatItPicksOrWhyNothing) {
    EXPECT_EQ(
        shown("key.policy",
              R"({"vault":"v1","policy":"pinned","pinned":"k2","picked":"k2","why_none":""})"),
        "vault      v1\n"
        "policy     pinned\n"
        "pinned     k2\n"
        "picks now  k2\n");
    EXPECT_EQ(shown("key.policy", R"({"vault":"v1","policy":"health","pinned":null,"picked":null,)"
                                  R"("why_none":"account a1 has no API key"})"),
              "vault      v1\n"
              "policy     health\n"
              "picks now  none\n"
              "because    account a1 has no API key\n");
}

TEST(KeyPages, AListHasALinePerKey) {
    const std::string rows = "[" + std::string(kGood) + "," + std::string(kBad) + "]";
    const json::value data = json::parse(rows);
    EXPECT_EQ(to_text({"key.list", &data, true, {}}, {Format::Csv, false}).substr(0, 54),
              "id,account,user,exchange,label,key,state,state_since,r");
    const json::value mixed =
        json::parse(R"([{"id":"k1","check":null},{"id":"k2","check":{"at":"now"}}])");
    EXPECT_EQ(to_text({"key.list", &mixed, true, {}}, {Format::Wide, false}),
              "ID  CHECK.AT\nk1  -\nk2  now\n");
    const std::string table = shown("key.list", rows);
    EXPECT_TRUE(table.starts_with("id  account")) << table;
    EXPECT_NE(table.find("quarantined"), std::string::npos) << table;
    EXPECT_NE(table.find("k3"), std::string::npos) << table;
}

}  // namespace
}  // namespace vault::render
