// Programs that a test starts and ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

// launch runs a command and resolves once its output matches `ready`; url is
// the first group of that match. What it printed is in output().
export async function launch(command, args, { env, ready, cwd }) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, cwd, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  let output = "";
  const url = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const match = ready.exec(output);
      if (match) resolve(match[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    exited.then(() => reject(new Error(`${command} ended before it was ready:\n${output}`)), reject);
  });
  return {
    url,
    output: () => output,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
  };
}

// freePort returns a port for a program that cannot choose one by itself.
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
