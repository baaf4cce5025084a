import path from 'node:path';

/** The local AWS does not lay layers out under /opt, but says where they are. */
const layers = process.env._LAMBDA_LAYERS_DIRS;
if (layers) process.env.HEADGATE_POLICY_FILE = path.join(layers.split(path.delimiter)[0]!, 'headgate', 'policy.json');
