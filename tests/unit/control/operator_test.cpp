// What an operator asks of the daemon itself: configuration, figures, checks, who am I.
#include "daemon/control/doctor_checks.hpp"
#include "daemon/control/metrics.hpp"
#include "daemon/control/peer_name.hpp"
#include "tests/unit/control/harness.hpp"

#include <fstream>
#include <sys/resource.h>

namespace vault::test {
namespace {

class OperatorTest : public ServerTest {
  protected:
    json::value call(const std::string& method, const std::string& params = "{}",
                     const std::string& meta = "{}") {
        if (!client) {
            start();
            client = std::make_unique<RawClient>(path());
            client->hello();
        }
        const json::object reply = client->call(method, params, meta);
        EXPECT_TRUE(reply.contains("result")) << method << ' ' << protocol::to_compact(reply);
        return reply.contains("result") ? reply.at("result").at("data") : json::value();
    }
    void TearDown() override { client.reset(); }
    std::unique_ptr<RawClient> client;
};

std::map<std::string, std::string> samples(const json::value& page) {
    std::map<std::string, std::string> found;
    for (const auto& family : page.at("metrics").as_array())
        for (const auto& sample : family.at("samples").as_array()) {
            std::string name(sample.at("name").as_string());
            for (const auto& label : sample.at("labels").as_object())
                name += " " + std::string(label.value().as_string());
            EXPECT_TRUE(found.emplace(name, sample.at("value").as_string()).second) << name;
        }
    return found;
}

json::object check_of(const json::array& checks, std::string_view name) {
    for (const auto& check : checks)
        if (check.at("name").as_string() == name) return check.as_object();
    ADD_FAILURE() << "no check " << name;
    return {};
}

TEST_F(OperatorTest, ShowTellsOriginsOnlyWhenAsked) {
    configuration.view.keys = {
        {"log.level", "debug", "info", "environment", "VAULTD_LOG_LEVEL", true, {}},
        {"store.path", "/a", "vault.db", "file:3", "/etc/vaultd/config.yaml:3", false, "/b"}};
    const json::value plain = call("config.show");
    EXPECT_EQ(plain.at("file").as_string(), "/etc/vaultd/config.yaml");
    EXPECT_EQ(plain.at("needs_restart").as_array(), json::array{"store.path"});
    EXPECT_TRUE(plain.at("last_reload").is_null());
    EXPECT_FALSE(plain.at("keys").at(0).as_object().contains("origin"));
    EXPECT_FALSE(plain.at("keys").at(0).as_object().contains("pending"));
    EXPECT_EQ(plain.at("keys").at(1).at("pending").as_string(), "/b");
    const json::value full = call("config.show", R"({"origin":true})");
    EXPECT_EQ(full.at("keys").at(0).at("origin").as_string(), "environment");
    EXPECT_EQ(full.at("keys").at(0).at("where").as_string(), "VAULTD_LOG_LEVEL");
    EXPECT_EQ(full.at("keys").at(0).at("applies").as_string(), "reload");
    EXPECT_EQ(full.at("keys").at(1).at("applies").as_string(), "restart");
}

TEST_F(OperatorTest, AReloadTellsTheFateOfEveryKey) {
    using Fate = ports::ConfigFate;
    ports::ConfigReload& report = configuration.next.value();
    report.changes = {{"log.level", Fate::Applied, "info", "debug", "c.yaml:2", {}},
                      {"store.path", Fate::NeedsRestart, "/a", "/b", "c.yaml:4", {}}};
    const json::value done = call("config.reload", "{}", R"({"idem_key":"k1"})");
    EXPECT_TRUE(done.at("ok").as_bool());
    EXPECT_EQ(done.at("result").as_string(), "applied");
    EXPECT_EQ(done.at("message").as_string(), "1 applied, 1 waits for a restart");
    EXPECT_EQ(done.at("changes").at(0).at("result").as_string(), "applied");
    EXPECT_EQ(done.at("changes").at(1).at("result").as_string(), "needs_restart");
    EXPECT_FALSE(done.as_object().contains("faults"));
    const json::value status = call("status");
    EXPECT_TRUE(status.at("config").at("last_reload").at("ok").as_bool());

    const json::value checked = call("config.check");
    EXPECT_EQ(checked.at("message").as_string(), "1 would be applied, 1 waits for a restart");
    call("config.reload", "{}", R"({"idem_key":"k2","dry_run":true})");
    client.reset();
    stop();
    ASSERT_EQ(configuration.asked.size(), 3u);
    EXPECT_EQ(configuration.asked[0].by, "ann");
    EXPECT_EQ(configuration.asked[0].idem_key, "k1");
    EXPECT_FALSE(configuration.asked[0].dry_run);
    EXPECT_TRUE(configuration.asked[1].dry_run);
    EXPECT_TRUE(configuration.asked[2].dry_run);
}

TEST_F(OperatorTest, ARejectedReloadListsItsFaults) {
    ports::ConfigReload& report = configuration.next.value();
    report.ok = false;
    report.changes = {{"log.level", ports::ConfigFate::Rejected, "", "", "c.yaml:2:10", "is bad"},
                      {"", ports::ConfigFate::Rejected, "", "", "", "cannot read c.yaml"}};
    const json::value done = call("config.reload", "{}", R"({"idem_key":"k"})");
    EXPECT_FALSE(done.at("ok").as_bool());
    EXPECT_EQ(done.at("result").as_string(), "rejected");
    EXPECT_EQ(done.at("message").as_string(), "2 are wrong; nothing was changed");
    EXPECT_EQ(done.at("faults"), (json::value{"c.yaml:2:10: is bad", "cannot read c.yaml"}));
    EXPECT_TRUE(done.at("changes").at(1).at("key").is_null());
    const json::value doctor = call("doctor");
    EXPECT_EQ(check_of(doctor.at("checks").as_array(), "config").at("status").as_string(),
              "failed");
    EXPECT_EQ(samples(call("metrics")).at("vault_config_last_reload_ok"), "0");
}

TEST_F(OperatorTest, MetricsCountCallsByMethodAndCode) {
    call("status");
    call("status");
    client->call("vault.show", R"({"vault":"nix"})");
    client->call("no.such.method");
    RawClient other(path());
    other.hello();
    const auto found = samples(call("metrics"));
    EXPECT_EQ(found.at("vault_rpc_requests_total status OK"), "2");
    EXPECT_EQ(found.at("vault_rpc_requests_total vault.show INVALID_PARAMS"), "1");
    EXPECT_EQ(found.at("vault_rpc_requests_total unknown NOT_FOUND"), "1");
    EXPECT_EQ(found.at("vault_rpc_duration_seconds_count status"), "2");
    EXPECT_EQ(found.at("vault_rpc_duration_seconds_bucket status +Inf"), "2");
    EXPECT_EQ(found.at("vault_rpc_inflight"), "1") << "the question itself";
    EXPECT_EQ(found.at("vault_connections"), "2");
    EXPECT_EQ(found.at("vault_connections_total"), "2");
    EXPECT_EQ(found.at("vault_engine_state running"), "1");
    EXPECT_EQ(found.at("vault_engine_state halted"), "0");
    EXPECT_EQ(found.at("vault_store_disk_used_ratio"), "0.12");
    EXPECT_EQ(found.at("vault_build_info 0.1.0"), "1");
    EXPECT_EQ(found.at("vault_config_needs_restart"), "0");
}

TEST_F(OperatorTest, MetricsAndDoctorDoWithoutTheEngine) {
    commands.script = [](const ports::CallContext&, const ports::Command&,
                         ports::Render) -> Result<ports::Reply> {
        return Error(Errc::NotReady, "the store cannot be loaded");
    };
    const auto found = samples(call("metrics"));
    EXPECT_EQ(found.at("vault_engine_up"), "0");
    EXPECT_FALSE(found.contains("vault_vaults"));
    const json::value doctor = call("doctor");
    const json::object engine = check_of(doctor.at("checks").as_array(), "engine");
    EXPECT_EQ(engine.at("status").as_string(), "failed");
    EXPECT_NE(engine.at("message").as_string().find("cannot be loaded"), json::string::npos);
    EXPECT_FALSE(engine.at("fix").as_string().empty());
}

TEST_F(OperatorTest, WhoamiIsWhoIsSignedIn) {
    const json::value me = call("whoami");
    EXPECT_EQ(me.at("uid").to_number<unsigned>(), ::getuid());
    EXPECT_EQ(me.at("name").as_string(), "ann");
    EXPECT_EQ(me.at("kind").as_string(), "person");
    EXPECT_EQ(me.at("role").as_string(), "admin");
    EXPECT_EQ(me.at("permissions").as_array().size(), kPermissions.size());
    EXPECT_EQ(me.at("session").at("id").as_string(), "s1");
    EXPECT_TRUE(me.at("must").as_array().empty());
    EXPECT_TRUE(me.at("token").is_null());
}

TEST(PeerName, IsReadFromTheFile) {
    const std::string file = testing::TempDir() + "passwd-" + std::to_string(::getpid());
    std::ofstream{file} << "broken\n:x:7:\nshort:x\nann:x:10:1:Ann:/:/bin/sh\nbob:x:100:1::/:\n";
    EXPECT_EQ(control::login_name(10, file), "ann");
    EXPECT_EQ(control::login_name(100, file), "bob");
    EXPECT_FALSE(control::login_name(1, file));
    EXPECT_FALSE(control::login_name(10, file + ".none"));
    std::filesystem::remove(file);
}

TEST(Metrics, DurationsFallIntoTheirBuckets) {
    control::Metrics metrics;
    const auto& bounds = control::Metrics::kBounds;
    for (const auto& bound : bounds) {
        metrics.begun();
        metrics.ended("status", std::nullopt, bound.at);  // the bound itself is within
    }
    metrics.begun();
    metrics.ended("status", Errc::Busy, bounds.back().at + SteadyTime{1});
    for (const std::uint64_t count : metrics.timings().at("status").counts)
        EXPECT_EQ(count, 1u);
    EXPECT_EQ(metrics.calls().at({"status", "OK"}), bounds.size());
    EXPECT_EQ(metrics.calls().at({"status", "BUSY"}), 1u);
    EXPECT_EQ(metrics.in_flight(), 0u);
    {
        const control::Metrics::Connection full{metrics, "full"};
        EXPECT_EQ(metrics.connections(), 1u);
    }
    EXPECT_EQ(metrics.connections(), 0u);
    EXPECT_EQ(metrics.refused_connections().at("full"), 1u);
    EXPECT_EQ(metrics.refused_connections().at("not_allowed"), 0u);
}

TEST(DoctorChecks, EveryFindingNamesItsRemedy) {
    control::DoctorChecks checks;
    json::object engine{{"state", "halted"},
                        {"vaults", 1u},
                        {"open_positions", 0u},
                        {"attention", 2u},
                        {"unresolved_orders", 3u}};
    checks.engine(engine);
    ports::StoreHealth store;
    store.writable = false;
    store.full_check_failed = true;
    store.buys_stopped = true;
    checks.store(store, "/state");
    ports::ConfigView view;
    view.keys = {{"store.path", "/a", "", "", "", false, "/b"}};
    checks.configuration(view);
    checks.limits(RLIM_INFINITY - 1);
    const std::string open = testing::TempDir() + "open-" + std::to_string(::getpid());
    std::filesystem::create_directory(open);
    std::filesystem::permissions(open, std::filesystem::perms{0755});
    checks.state_dir(open);
    checks.state_dir("/none/at/all");
    checks.clock(Duration{-3'600'000});
    const json::array list = checks.take();
    EXPECT_EQ(list.size(), 11u);
    for (const auto& check : list) {
        if (check.at("name").as_string() == "limits") continue;  // the test may be without a limit
        EXPECT_NE(check.at("status").as_string(), "ok") << check.at("name").as_string();
        EXPECT_FALSE(check.at("fix").as_string().empty());
    }
    EXPECT_NE(check_of(list, "config").at("message").as_string().find("store.path"),
              json::string::npos);
    EXPECT_NE(check_of(list, "daemon_clock").at("message").as_string().find("back by 1h"),
              json::string::npos);
    std::filesystem::permissions(open, std::filesystem::perms{0700});
    control::DoctorChecks sound;
    sound.state_dir(open);
    sound.clock(Duration{999});
    sound.limits(1);
    for (const auto& check : sound.take())
        EXPECT_EQ(check.at("status").as_string(), "ok") << check.at("message").as_string();
    std::filesystem::remove(open);
}

}  // namespace
}  // namespace vault::test
