#include "daemon/identity/password_rules.hpp"

#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

namespace vault::identity {
namespace {

constexpr std::array<std::string_view, 3> kContext{"Alice.Miller", "vaultd", "tradehost"};

std::string verdict(const PasswordRules& rules, std::string password) {
    const auto checked = rules.check(Secret{std::move(password)}, kContext);
    if (checked) return {};
    EXPECT_EQ(checked.error().code(), Errc::InvalidParams);
    EXPECT_EQ(checked.error().field(), "password");
    EXPECT_FALSE(checked.error().hint().empty());
    return checked.error().message();
}

TEST(PasswordRules, AcceptsWhateverIsLongAndNotGuessable) {
    const PasswordRules rules;
    for (const char* password :
         {"purple kettle 9 mountain", "zwölf große Äpfel", "x7Kq9vR2mT4p", "739182640173",
          "mnbfgtrpoiuw", "aaaa bucket lamp", "ПарольДляДома", "一二三四五六七八九十百千",
          "kitchen-kettle-kayak", "no composition rules here"})
        EXPECT_EQ(verdict(rules, password), "") << password;
    EXPECT_EQ(verdict(rules, std::string(3, 'q') + "kettle purple" + std::string(112, ' ')), "");
}

TEST(PasswordRules, LengthIsCountedInLettersNotBytes) {
    const PasswordRules rules;
    EXPECT_NE(verdict(rules, "").find("0 letters"), std::string::npos);
    EXPECT_NE(verdict(rules, "x7Kq9vR2mT4").find("11 letters"), std::string::npos);
    EXPECT_NE(verdict(rules, "äöüßéèêëñçå").find("11 letters"), std::string::npos);
    EXPECT_EQ(verdict(rules, "äöüßéèêëñçåø"), "");
    std::string longest;
    for (std::size_t i = 0; i < kLongestPassword; ++i)
        longest += static_cast<char>('!' + i * 37 % 90);
    EXPECT_EQ(verdict(rules, longest), "");
    EXPECT_NE(verdict(rules, longest + "x").find("129 letters"), std::string::npos);
}

TEST(PasswordRules, RefusesWhatGuessersTryFirst) {
    const PasswordRules rules;
    for (const char* password :
         {"password1234", "Password2026!", "P@ssw0rd2024!!", "passwordpassword", "123456789012",
          "qwertyuiopas", "qwertzuiop123", "1q2w3e4r5t6y", "aaaaaaaaaaaa", "abcabcabcabc",
          "letmein12345", "administrator", "iloveyou2024", "correct horse battery staple",
          "bitcoin-trader-1", "0987654321qwerty", "abcdefghijklmnop", "Welcome123456"})
        EXPECT_NE(verdict(rules, password).find("easy to guess"), std::string::npos) << password;
}

TEST(PasswordRules, RefusesTheUsersOwnNames) {
    const PasswordRules rules;
    for (const char* password :
         {"alice.miller", "Alice.Miller77", "vaultd-vaultd", "tradehost2026!", "AlIcE.m1LleRxyz"}) {
        const std::string message = verdict(rules, password);
        EXPECT_NE(message.find("easy to guess"), std::string::npos) << password;
    }
    const std::array<std::string_view, 1> other{"bob"};
    EXPECT_TRUE(rules.check(Secret{std::string{"alice.miller"}}, other).has_value());
}

TEST(PasswordRules, RefusesWhatIsNoText) {
    const PasswordRules rules;
    for (const std::string& password :
         {std::string{"kettle\tmountain"}, std::string{"kettle mountain\n"},
          std::string{"kettle\0mountain", 15}, std::string{"kettle mountain \xff"},
          std::string{"kettle mountain \xc3"}, std::string{"\x80kettle mountain"}})
        EXPECT_NE(verdict(rules, password).find("no text"), std::string::npos);
}

TEST(PasswordRules, AnErrorNeverRepeatsThePassword) {
    const PasswordRules rules;
    for (const char* password : {"canary7secret", "canary", "canaryCANARYcanary\x01"}) {
        const auto checked = rules.check(Secret{std::string{password}}, kContext);
        if (checked) continue;
        EXPECT_EQ(checked.error().message().find("canary"), std::string::npos);
        EXPECT_EQ(checked.error().hint().find("canary"), std::string::npos);
    }
}

TEST(PasswordRules, TheListFileCounts) {
    const testing::TemporaryDirectory directory;
    const auto path = (directory.path() / "bad.txt").string();
    std::ofstream{path} << "short\nPurple Kettle 9 Mountain\r\nhunter1hunter1\n\nlast line of it";
    const auto rules = PasswordRules::load(path);
    ASSERT_TRUE(rules.has_value());
    EXPECT_EQ(rules.value().listed(), 3U);
    for (const char* password : {"purple kettle 9 mountain", "PURPLE kettle 9 mountain",
                                 "Hunter1Hunter1", "last line of it"})
        EXPECT_NE(verdict(rules.value(), password).find("list"), std::string::npos) << password;
    EXPECT_EQ(verdict(rules.value(), "purple kettle 8 mountain"), "");
    const auto missing = PasswordRules::load(path + ".gone");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code(), Errc::Io);
    EXPECT_NE(missing.error().message().find("bad.txt.gone"), std::string::npos);
}

}  // namespace
}  // namespace vault::identity
