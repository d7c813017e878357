// An OpenID Connect provider on localhost. Arguments: its port, the dashboards' address. Whoever is named in the form signs in as that address;
// the file of the third argument says who is in which groups: {"anna@example.org": ["managers"]}.
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const [port, dashboards, groups] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "dashboards",
      client_secret: "a secret of the tests",
      redirect_uris: [`${dashboards}/oauth2callback`],
      post_logout_redirect_uris: [`${dashboards}/oauth2callback`],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified", "groups"], profile: ["name"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["signs the cookies of the tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: !id.startsWith("unverified"), groups: JSON.parse(readFileSync(groups))[id] ?? [] }),
  }),
  // asks for no consent: an organisation's provider doesn't for its own applications
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});
provider.listen(Number(port), "127.0.0.1");
