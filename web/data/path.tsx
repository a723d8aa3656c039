import { Code } from '@mantine/core'
import { Fragment } from 'react'
import styles from './data.module.css'

/** The path of a property. It breaks between its parts, not within them. */
export const Path = ({ path }: { path: string }) => (
  <Code className={styles.path}>
    {path.split('.').map((part, i) => (
      <Fragment
        key={path
          .split('.')
          .slice(0, i + 1)
          .join('.')}
      >
        {i > 0 && (
          <>
            .<wbr />
          </>
        )}
        {part}
      </Fragment>
    ))}
  </Code>
)
